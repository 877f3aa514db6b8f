package streamc.runner;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * {@code job.json}, version 1. Fields that are not named here are for other readers and are skipped.
 *
 * @param name the application's name; the job's name unless a setting {@code pipeline.name} says otherwise
 * @param settings Flink configuration keys
 * @param variables what {@code ${NAME}} in settings and statements stands for unless it is given: a default, or null
 * @param statements in the order they are to be run
 */
record JobFile(String name, Map<String, String> settings, Map<String, String> variables, List<Statement> statements) {
    private static final int VERSION = 1;

    /** What a statement does to the job. */
    enum Kind {
        /** Declares something: a table, a view, a function. Run at once. */
        DECLARATION,
        /** Becomes part of the one job that is submitted. */
        INSERT
    }

    /**
     * One SQL statement.
     *
     * @param id what errors call it: {@code source/swipes}
     * @param kind what to do with it
     * @param brokers what it connects to: a list as in Kafka's {@code bootstrap.servers}; null where it needs no broker
     * @param secret whether no message may show {@code brokers}
     * @param sql its text, without a semicolon at the end
     */
    record Statement(String id, Kind kind, String brokers, boolean secret, String sql) {}

    static JobFile parse(String text) {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new JobException("the job file is not JSON: " + e.getOriginalMessage() + at(e));
        }
        JsonNode version = root.path("version");
        if (!version.isInt() || version.intValue() != VERSION) {
            throw new JobException("the job file has version " + version + "; this runner reads version " + VERSION);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> setting : root.path("settings").properties()) {
            if (!setting.getValue().isValueNode() || setting.getValue().isNull()) {
                throw new JobException("setting " + setting.getKey() + " of the job file is no scalar");
            }
            settings.put(setting.getKey(), setting.getValue().asText());
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (JsonNode variable : root.path("variables")) {
            JsonNode value = variable.path("default");
            String name = text(variable, "name", "variable " + (variables.size() + 1));
            variables.put(name, value.isTextual() ? value.textValue() : null);
        }
        List<Statement> statements = new ArrayList<>();
        for (JsonNode statement : root.path("statements")) {
            statements.add(statement(statement, statements.size()));
        }
        if (statements.stream().noneMatch(statement -> statement.kind() == Kind.INSERT)) {
            throw new JobException("the job file has no insert statement: there is nothing to run");
        }
        return new JobFile(text(root, "name", "the job file"), settings, variables, statements);
    }

    private static Statement statement(JsonNode node, int index) {
        String place = "statement " + (index + 1);
        String id = text(node, "id", place);
        String kind = text(node, "kind", "statement " + id);
        return new Statement(
                id,
                switch (kind) {
                    case "create_table", "create_view", "create_function" -> Kind.DECLARATION;
                    case "insert" -> Kind.INSERT;
                    default -> throw new JobException("statement " + id + " is of unknown kind \"" + kind + "\"");
                },
                node.has("brokers") ? text(node.path("brokers"), "servers", "statement " + id) : null,
                node.path("brokers").path("secret").asBoolean(),
                text(node, "sql", "statement " + id));
    }

    private static String text(JsonNode node, String field, String place) {
        JsonNode value = node.path(field);
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw new JobException(place + " has no text in \"" + field + "\"");
        }
        return value.textValue();
    }

    private static String at(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ")";
    }
}
