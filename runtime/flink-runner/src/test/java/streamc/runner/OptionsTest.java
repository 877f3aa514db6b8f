package streamc.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionsTest {
    @Test
    void theJobComesAsBase64() {
        String data = Base64.getEncoder().encodeToString("{\"ä\":1}".getBytes(StandardCharsets.UTF_8));
        Options options = parse("--job-base64", data, "--set", "a=1", "--set", "b=x=y", "--set", "a=2");
        assertEquals("{\"ä\":1}", options.jobText());
        assertEquals(Map.of("a", "2", "b", "x=y"), options.settings());
    }

    @Test
    void theJobComesFromAFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("job.json"), "{}");
        assertEquals("{}", parse("--job", file.toString()).jobText());
    }

    @Test
    void brokersAreAwaitedForTenSecondsUnlessToldOtherwise() {
        assertEquals(Duration.ofSeconds(10), parse("--job-base64", "").brokerTimeout());
        assertEquals(Duration.ofMillis(500), parse("--job-base64", "", "--broker-timeout", "0.5").brokerTimeout());
        assertEquals(Duration.ZERO, parse("--job-base64", "", "--broker-timeout", "0").brokerTimeout());
        for (String wrong : new String[] {"", "-1", "1e3", "10s", "NaN", "100000", "0.125"}) {
            refused("--broker-timeout wants seconds, such as 10 or 0.5, not \"" + wrong + "\"", "--broker-timeout", wrong);
        }
    }

    @Test
    void wrongOptionsAreNamed() {
        refused("no job: give --job PATH or --job-base64 DATA");
        refused("option --job needs a value", "--job");
        refused("unknown option --jbo; known: --job, --job-base64, --set, --var, --broker-timeout", "--jbo", "x");
        refused("--set wants key=value, not \"a\"", "--set", "a");
        refused("more than one job: give --job or --job-base64 once", "--job-base64", "", "--job-base64", "");
        refused("cannot read the job file /nowhere/job.json: there is no such file", "--job", "/nowhere/job.json");
        JobException folder = assertThrows(JobException.class, () -> parse("--job", "/"));
        assertTrue(folder.getMessage().startsWith("cannot read the job file /: "), folder.getMessage());
    }

    private static Options parse(String... arguments) {
        return Options.parse(arguments);
    }

    private static void refused(String message, String... arguments) {
        assertEquals(message, assertThrows(JobException.class, () -> parse(arguments)).getMessage());
    }
}
