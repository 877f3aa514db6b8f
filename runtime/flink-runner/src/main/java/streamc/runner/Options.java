package streamc.runner;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The command line: {@code --job PATH} or {@code --job-base64 DATA}, {@code --broker-timeout SECONDS}, and
 * {@code --set KEY=VALUE} and {@code --var NAME=VALUE} any number of times.
 *
 * @param jobText the text of the job file
 * @param settings what {@code --set} gave, in order; the last of a key counts
 * @param variables what {@code --var} gave
 * @param brokerTimeout how long to wait for Kafka brokers before the job is submitted; zero does not ask them
 */
record Options(String jobText, Map<String, String> settings, Map<String, String> variables, Duration brokerTimeout) {

    static Options parse(String[] arguments) {
        String text = null;
        Map<String, String> settings = new LinkedHashMap<>();
        Map<String, String> variables = new LinkedHashMap<>();
        Duration brokerTimeout = Duration.ofSeconds(10);
        for (int i = 0; i < arguments.length; i += 2) {
            String option = arguments[i];
            if (i + 1 == arguments.length) {
                throw new JobException("option " + option + " needs a value");
            }
            String value = arguments[i + 1];
            switch (option) {
                case "--job" -> text = once(text, read(value));
                case "--job-base64" -> text = once(text, decode(value));
                case "--set" -> put(settings, option, "key", value);
                case "--var" -> put(variables, option, "name", value);
                case "--broker-timeout" -> brokerTimeout = seconds(option, value);
                default -> throw new JobException(
                        "unknown option " + option + "; known: --job, --job-base64, --set, --var, --broker-timeout");
            }
        }
        if (text == null) {
            throw new JobException("no job: give --job PATH or --job-base64 DATA");
        }
        return new Options(
                text, Collections.unmodifiableMap(settings), Collections.unmodifiableMap(variables), brokerTimeout);
    }

    private static Duration seconds(String option, String value) {
        if (!value.matches("[0-9]{1,4}(\\.[0-9]{1,2})?")) {
            throw new JobException(option + " wants seconds, such as 10 or 0.5, not \"" + value + "\"");
        }
        return Duration.ofMillis(new BigDecimal(value).movePointRight(3).longValueExact());
    }

    private static void put(Map<String, String> into, String option, String what, String value) {
        int equals = value.indexOf('=');
        if (equals < 1) {
            throw new JobException(option + " wants " + what + "=value, not \"" + value + "\"");
        }
        into.put(value.substring(0, equals), value.substring(equals + 1));
    }

    private static String once(String before, String now) {
        if (before != null) {
            throw new JobException("more than one job: give --job or --job-base64 once");
        }
        return now;
    }

    private static String read(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (NoSuchFileException e) {
            throw new JobException("cannot read the job file " + path + ": there is no such file");
        } catch (IOException | RuntimeException e) {
            throw JobException.inShort("cannot read the job file " + path, e);
        }
    }

    private static String decode(String data) {
        try {
            return new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw JobException.inShort("--job-base64 is not Base64", e);
        }
    }
}
