package streamc.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VariablesTest {
    private static final Map<String, String> DEFAULTS = new HashMap<>();

    static {
        DEFAULTS.put("A", "one");
        DEFAULTS.put("B", null);
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheDefault() {
        assertEquals("given", variables(Map.of("A", "given"), Map.of("A", "set")).inSetting("${A}"));
        assertEquals("set", variables(Map.of(), Map.of("A", "set")).inSetting("${A}"));
        assertEquals("<one>", variables(Map.of(), Map.of()).inSetting("<${A}>"));
    }

    @Test
    void aValueCannotLeaveItsLiteral() {
        Variables variables = variables(Map.of("B", "'; DROP $1 \\"), Map.of());
        assertEquals("x = '''; DROP $1 \\'", variables.inStatement("x = '${B}'"));
        assertEquals("'; DROP $1 \\", variables.inSetting("${B}"));
    }

    @Test
    void aDoubledDollarIsNoVariable() {
        assertEquals("${A} $ $${ one", variables(Map.of(), Map.of()).inSetting("$${A} $ $$${ ${A}"));
    }

    @Test
    void whatIsMissingIsNamed() {
        Variables variables = variables(Map.of(), Map.of());
        refused("variable B has no value: set it in the environment, or give --var B=...", () -> variables.inSetting("${B}"));
        refused("the job file uses ${C}, which is none of its variables", () -> variables.inSetting("${C}"));
        assertThrows(JobException.class, () -> variables(Map.of("C", "x"), Map.of()));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(JobException.class, action::run).getMessage());
    }

    private static Variables variables(Map<String, String> given, Map<String, String> environment) {
        return new Variables(DEFAULTS, given, environment::get);
    }
}
