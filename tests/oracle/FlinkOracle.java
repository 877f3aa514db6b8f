import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ExplainDetail;
import org.apache.flink.table.api.ResultKind;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/**
 * Flink as an oracle: one JVM with Flink's SQL planner and a small cluster, asked over standard input and output.
 *
 * <p>A request is one JSON object on a line, its answer is one JSON object on a line with the same {@code id}. Requests
 * run side by side on a few threads, so answers may come in another order. The first line out is {@code {"ready":true,
 * "rest":URL,"flink":VERSION}}. When standard input ends the process halts, whatever it is doing.
 *
 * <ul>
 *   <li>{@code {"op":"run","conf":{},"statements":[...],"timeout_ms":N,"max_rows":N}} runs the statements in order in an
 *       environment of its own. All {@code INSERT}s together are one job, run after the last statement; the answer comes
 *       when it has ended, or at once with {@code "await":false}. A query's rows come back typed.
 *   <li>{@code {"op":"plan",...}} runs DDL, but only plans queries and {@code INSERT}s: schema, changelog kinds, and
 *       with {@code "text":true} the plan.
 *   <li>{@code {"op":"types","conf":{},"setup":[...],"queries":[...]}} answers for each query its schema or its error;
 *       one wrong query does not stop the others.
 *   <li>{@code {"op":"batch","conf":{},"setup":[...],"queries":[...],"run":[INDEX...],"alone":[INDEX...]}} plans each
 *       query and answers its schema, its changelog kinds, whether a part of it was planned to be {@code "empty"} and
 *       how many of the tables that it names are {@code "unread"}, or its error; those of {@code run} are run, many in
 *       one job, those of {@code alone} each in its own, and answer {@code "rows"} or how they {@code "failed"}.
 * </ul>
 *
 * <p>Answers: {@code {"id","ok","results":[...]}}; where a statement failed {@code "failed":INDEX,"error":{"class",
 * "message","causes":[...]}}.
 */
public final class FlinkOracle {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SET =
            Pattern.compile("(?is)^\\s*SET\\s+'([^']+)'\\s*=\\s*'((?:[^']|'')*)'\\s*;?\\s*$");
    private static final Pattern COMMENTS = Pattern.compile("^(?s)(\\s*(--[^\\n]*\\n|/\\*.*?\\*/))*\\s*");
    private static final Pattern CHANGELOG = Pattern.compile("changelogMode=\\[([^\\]]*)\\]");

    private final Configuration base = new Configuration();
    private final PrintStream out;

    private FlinkOracle(PrintStream out) {
        this.out = out;
    }

    /** Arguments: {@code SLOTS THREADS [key=value]...}, the settings for every environment and the cluster. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err); // print sinks and libraries must not disturb the protocol
        FlinkOracle oracle = new FlinkOracle(out);
        int slots = Integer.parseInt(arguments[0]);
        int threads = Integer.parseInt(arguments[1]);
        for (String setting : List.of(arguments).subList(2, arguments.length)) {
            String[] parts = setting.split("=", 2);
            oracle.base.setString(parts[0], parts[1]);
        }
        oracle.startCluster(slots);
        oracle.serve(threads);
    }

    private void startCluster(int slots) throws Exception {
        Configuration cluster = new Configuration(base);
        cluster.setString("rest.address", "127.0.0.1");
        cluster.setString("rest.bind-address", "127.0.0.1");
        cluster.setString("rest.bind-port", "0");
        cluster.setString("jobmanager.bind-host", "127.0.0.1");
        cluster.setString("taskmanager.bind-host", "127.0.0.1");
        cluster.setString("taskmanager.memory.managed.size", "128m");
        cluster.setString("taskmanager.memory.network.min", "128m");
        cluster.setString("taskmanager.memory.network.max", "128m");
        // The machine may stand still for a while; nothing here is lost that somebody would have to wait for.
        cluster.setString("pekko.ask.timeout", "5 min");
        cluster.setString("heartbeat.timeout", "300000");
        cluster.setString("heartbeat.rpc-failure-threshold", "-1");
        cluster.setString("slot.request.timeout", "600000");
        MiniCluster mini =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(cluster)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(slots)
                                .build());
        mini.start();
        int port = mini.getRestAddress().get().getPort();
        base.setString("execution.target", "remote");
        base.setString("rest.address", "127.0.0.1");
        base.setString("rest.port", String.valueOf(port));
        ObjectNode hello = JSON.createObjectNode();
        hello.put("ready", true).put("rest", "http://127.0.0.1:" + port);
        hello.put("flink", org.apache.flink.runtime.util.EnvironmentInformation.getVersion());
        answer(hello);
    }

    private void serve(int threads) throws IOException {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            String request = line;
            workers.execute(() -> answer(handle(request)));
        }
        Runtime.getRuntime().halt(0);
    }

    private void answer(ObjectNode answer) {
        byte[] bytes = (answer + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (out) {
            out.write(bytes, 0, bytes.length);
            out.flush();
        }
    }

    private ObjectNode handle(String line) {
        long start = System.nanoTime();
        ObjectNode answer = JSON.createObjectNode();
        try {
            JsonNode request = JSON.readTree(line);
            answer.set("id", request.get("id"));
            Configuration conf = new Configuration(base);
            request.path("conf").properties().forEach(e -> conf.setString(e.getKey(), e.getValue().asText()));
            TableEnvironment env =
                    TableEnvironment.create(EnvironmentSettings.newInstance().withConfiguration(conf).build());
            switch (request.path("op").asText()) {
                case "run" -> new Script(env, request, answer, true).execute();
                case "plan" -> new Script(env, request, answer, false).execute();
                case "types" -> types(env, request, answer);
                case "batch" -> new Batch(env, request).answer(answer);
                default -> throw new IllegalArgumentException("unknown op " + request.path("op"));
            }
        } catch (Throwable e) {
            answer.put("ok", false);
            answer.set("error", error(e));
        }
        return answer.put("ms", (System.nanoTime() - start) / 1_000_000);
    }

    private static void types(TableEnvironment env, JsonNode request, ObjectNode answer) {
        request.path("setup").forEach(statement -> env.executeSql(statement.asText()));
        ArrayNode results = answer.putArray("results");
        for (JsonNode query : request.get("queries")) {
            ObjectNode result = results.addObject();
            try {
                schema(result, env.sqlQuery(query.asText()).getResolvedSchema());
            } catch (Throwable e) {
                result.set("error", error(e));
            }
        }
        answer.put("ok", true);
    }

    static void schema(ObjectNode result, ResolvedSchema schema) {
        ArrayNode columns = result.putArray("schema");
        schema.getColumns()
                .forEach(
                        column -> {
                            LogicalType type = column.getDataType().getLogicalType();
                            columns.addArray().add(column.getName()).add(type.asSummaryString());
                        });
    }

    /** The statements of one request. */
    private static final class Script {
        private final TableEnvironment env;
        private final JsonNode request;
        private final ObjectNode answer;
        private final boolean run;
        private final long deadline;
        private StatementSet inserts;

        Script(TableEnvironment env, JsonNode request, ObjectNode answer, boolean run) {
            this.env = env;
            this.request = request;
            this.answer = answer;
            this.run = run;
            this.deadline = System.nanoTime() + request.path("timeout_ms").asLong(60_000) * 1_000_000;
        }

        void execute() throws Exception {
            ArrayNode results = answer.putArray("results");
            int index = 0;
            for (JsonNode statement : request.get("statements")) {
                try {
                    one(statement.asText(), results.addObject());
                } catch (Throwable e) {
                    answer.put("ok", false).put("failed", index).set("error", error(e));
                    return;
                }
                index++;
            }
            if (inserts != null && run) {
                finish(inserts.execute());
            } else if (inserts != null) {
                planned(answer, inserts.explain(ExplainDetail.CHANGELOG_MODE));
            }
            answer.put("ok", true);
        }

        private void one(String text, ObjectNode result) throws Exception {
            String sql = text.strip();
            while (sql.endsWith(";")) {
                sql = sql.substring(0, sql.length() - 1).strip();
            }
            Matcher set = SET.matcher(sql);
            if (set.matches()) {
                env.getConfig().set(set.group(1), set.group(2).replace("''", "'"));
                return;
            }
            String head = COMMENTS.matcher(sql).replaceFirst("").toUpperCase(Locale.ROOT);
            boolean query = head.startsWith("SELECT") || head.startsWith("WITH") || head.startsWith("VALUES") || head.startsWith("(");
            if (head.startsWith("INSERT")) {
                inserts = inserts == null ? env.createStatementSet() : inserts;
                inserts.addInsertSql(sql);
            } else if (head.startsWith("EXECUTE STATEMENT SET")) {
                if (run) {
                    finish(env.executeSql(sql));
                } else {
                    planned(result, env.explainSql(sql, ExplainDetail.CHANGELOG_MODE));
                }
            } else if (query && !run) {
                schema(result, env.sqlQuery(sql).getResolvedSchema());
                planned(result, env.explainSql(sql, ExplainDetail.CHANGELOG_MODE));
            } else {
                TableResult table = env.executeSql(sql);
                if (query || table.getResultKind() == ResultKind.SUCCESS_WITH_CONTENT) {
                    rows(table, result);
                }
            }
        }

        /** Changelog kinds of the root of the optimised plan, and the plan itself when it is asked for. */
        private void planned(ObjectNode result, String plan) {
            changelog(result, plan);
            if (request.path("text").asBoolean(false)) {
                result.put("plan", plan);
            }
        }

        private void finish(TableResult job) throws Exception {
            answer.put("job", job.getJobClient().orElseThrow().getJobID().toHexString());
            if (request.path("await").asBoolean(true)) {
                job.await(remaining(), TimeUnit.MILLISECONDS);
            }
        }

        private long remaining() {
            return Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
        }

        /** Rows until the result ends, {@code max_rows} came, or time is up ({@code "timed_out":true}). */
        private void rows(TableResult table, ObjectNode result) throws Exception {
            schema(result, table.getResolvedSchema());
            List<LogicalType> types =
                    table.getResolvedSchema().getColumnDataTypes().stream().map(t -> t.getLogicalType()).toList();
            ArrayNode rows = result.putArray("rows");
            int most = request.path("max_rows").asInt(100_000);
            ExecutorService waiter = Executors.newSingleThreadExecutor();
            try (CloseableIterator<Row> iterator = table.collect()) {
                while (rows.size() < most) {
                    Future<Boolean> next = waiter.submit(iterator::hasNext);
                    try {
                        if (!next.get(remaining(), TimeUnit.MILLISECONDS)) {
                            break;
                        }
                    } catch (TimeoutException e) {
                        result.put("timed_out", true);
                        break;
                    }
                    Row row = iterator.next();
                    ArrayNode cells = rows.addArray().add(row.getKind().shortString());
                    for (int i = 0; i < row.getArity(); i++) {
                        cells.add(Cells.json(row.getField(i), types.get(i)));
                    }
                }
            } finally {
                waiter.shutdownNow();
            }
        }
    }

    /** Changelog kinds of the root of the optimised plan. */
    static void changelog(ObjectNode result, String plan) {
        String physical = plan.replaceAll("(?s).*== Optimized Physical Plan ==\\s*", "");
        Matcher kinds = CHANGELOG.matcher(physical);
        while (kinds.find()) {
            if (!kinds.group(1).equals("NONE")) { // a sink says NONE; its input says what arrives there
                result.put("changelog", kinds.group(1));
                break;
            }
        }
    }

    static ObjectNode error(Throwable thrown) {
        ObjectNode error = JSON.createObjectNode();
        error.put("class", thrown.getClass().getSimpleName()).put("message", message(thrown));
        ArrayNode causes = error.putArray("causes");
        int depth = 0;
        for (Throwable e = thrown.getCause(); e != null && depth < 12; e = e.getCause(), depth++) {
            causes.add(e.getClass().getSimpleName() + ": " + message(e));
        }
        return error;
    }

    private static String message(Throwable e) {
        // The parser lists every token that could have come: pages of them.
        String text = String.valueOf(e.getMessage()).replaceFirst("(?s)\\s*Was expecting (one of)?:.*", "");
        return text.length() > 4000 ? text.substring(0, 4000) : text;
    }
}
