import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.table.api.ExplainDetail;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/**
 * Many queries over the same tables: each is planned on its own, and those that are to be run are few jobs together.
 * When a job fails it is halved, until the query that fails stands alone.
 */
final class Batch {
    private static final AtomicLong SINKS = new AtomicLong();

    private final TableEnvironment env;
    private final JsonNode request;
    private final Map<Integer, Table> planned = new LinkedHashMap<>();
    private final List<ObjectNode> results = new ArrayList<>();

    Batch(TableEnvironment env, JsonNode request) {
        this.env = env;
        this.request = request;
        env.getConfig().set("table.exec.sink.rowtime-inserter", "DISABLED"); // a result may have two of them
    }

    void answer(ObjectNode answer) {
        request.path("setup").forEach(statement -> env.executeSql(statement.asText()));
        ArrayNode all = answer.putArray("results");
        for (JsonNode query : request.get("queries")) {
            results.add(all.addObject());
            plan(results.size() - 1, query.asText());
        }
        TreeSet<Integer> alone = new TreeSet<>();
        request.path("alone").forEach(index -> alone.add(index.asInt()));
        List<Integer> together = new ArrayList<>();
        for (JsonNode index : request.path("run")) {
            if (!planned.containsKey(index.asInt())) {
                continue;
            }
            if (alone.contains(index.asInt())) {
                run(List.of(index.asInt()));
            } else {
                together.add(index.asInt());
            }
        }
        int most = request.path("together").asInt(16);
        for (int from = 0; from < together.size(); from += most) {
            run(together.subList(from, Math.min(from + most, together.size())));
        }
        answer.put("ok", true);
    }

    private void plan(int index, String query) {
        ObjectNode result = results.get(index);
        try {
            Table table = env.sqlQuery(query);
            FlinkOracle.schema(result, table.getResolvedSchema());
            String plan = table.explain(ExplainDetail.CHANGELOG_MODE);
            FlinkOracle.changelog(result, plan);
            // A row that stands in the plan and not in the query is what an aggregate gives of no rows.
            boolean written = query.contains("VALUES");
            result.put("empty", plan.contains("tuples=[[]]") || !written && plan.contains(" tuples=[[{"));
            int named = times(plan, "LogicalTableScan(", "== Abstract", "== Optimized Physical");
            int read = times(plan, "TableSourceScan(", "== Optimized Physical", "== Optimized Execution");
            result.put("unread", Math.max(0, named - read));
            if (request.path("text").asBoolean(false)) {
                result.put("plan", plan);
            }
            planned.put(index, table);
        } catch (Throwable e) {
            result.set("error", FlinkOracle.error(e));
        }
    }

    /** How often a text stands in a part of a plan. */
    private static int times(String plan, String text, String from, String to) {
        int end = plan.indexOf(to);
        int times = 0;
        for (int at = plan.indexOf(text, plan.indexOf(from)); at >= 0 && at < end; at = plan.indexOf(text, at + 1)) {
            times++;
        }
        return times;
    }

    private void run(List<Integer> indices) {
        Map<Integer, String> sinks = new LinkedHashMap<>();
        try {
            StatementSet job = env.createStatementSet();
            for (int index : indices) {
                String name = "s" + SINKS.incrementAndGet();
                sinks.put(index, name);
                job.add(planned.get(index).insertInto(RowsSink.named(name)));
            }
            TableResult running = job.execute();
            try {
                running.await(request.path("timeout_ms").asLong(60_000), TimeUnit.MILLISECONDS);
            } catch (Throwable e) {
                running.getJobClient().ifPresent(client -> client.cancel());
                throw e;
            }
            sinks.forEach((index, name) -> results.get(index).set("rows", RowsSink.take(name)));
        } catch (Throwable e) {
            sinks.values().forEach(RowsSink::take);
            if (indices.size() == 1) {
                results.get(indices.get(0)).set("failed", FlinkOracle.error(e));
            } else {
                run(indices.subList(0, indices.size() / 2));
                run(indices.subList(indices.size() / 2, indices.size()));
            }
        }
    }
}
