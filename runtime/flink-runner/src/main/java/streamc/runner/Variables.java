package streamc.runner;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a job file leaves open until the job starts: {@code ${NAME}} in its settings and statements. {@code $${} means
 * {@code ${}.
 */
final class Variables {
    private static final Pattern PLACE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)\\}");

    private final Map<String, String> defaults;
    private final Map<String, String> given;
    private final UnaryOperator<String> environment;

    /**
     * @param defaults every variable of the job file, with its default or null
     * @param given what {@code --var} gave; wins over the environment, which wins over the default
     * @param environment the value of an environment variable, or null
     */
    Variables(Map<String, String> defaults, Map<String, String> given, UnaryOperator<String> environment) {
        this.defaults = defaults;
        this.given = given;
        this.environment = environment;
        for (String name : given.keySet()) {
            if (!defaults.containsKey(name)) {
                throw new JobException("--var " + name + ": the job file has no such variable; it has " + defaults.keySet());
            }
        }
    }

    /** The text of a setting. */
    String inSetting(String text) {
        return fill(text, UnaryOperator.identity());
    }

    /** The text of a statement, where variables stand in string literals only. */
    String inStatement(String text) {
        return fill(text, value -> value.replace("'", "''"));
    }

    private String fill(String text, UnaryOperator<String> quote) {
        Matcher place = PLACE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (place.find()) {
            String name = place.group(1);
            place.appendReplacement(filled, Matcher.quoteReplacement(name == null ? "${" : quote.apply(value(name))));
        }
        return place.appendTail(filled).toString();
    }

    private String value(String name) {
        if (!defaults.containsKey(name)) {
            throw new JobException("the job file uses ${" + name + "}, which is none of its variables");
        }
        String value = given.get(name);
        if (value == null) {
            value = environment.apply(name);
        }
        if (value == null) {
            value = defaults.get(name);
        }
        if (value == null) {
            throw new JobException("variable " + name + " has no value: set it in the environment, or give --var " + name + "=...");
        }
        return value;
    }
}
