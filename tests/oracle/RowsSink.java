import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.RuntimeConverter;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;

/**
 * A sink that keeps the changes of a query in this JVM, so that many queries can be one job. It takes every kind of
 * change as it comes, and has no key.
 */
public final class RowsSink implements DynamicTableSinkFactory {
    /** A query that gives more changes fails: somebody wrote a cross join too many. */
    private static final int MOST = 200_000;

    private static final ConfigOption<String> NAME = ConfigOptions.key("name").stringType().noDefaultValue();
    private static final Map<String, ArrayNode> KEPT = new ConcurrentHashMap<>();

    /** A sink of that name; {@link #take} has its rows when the job has ended. */
    static TableDescriptor named(String name) {
        KEPT.put(name, JsonNodeFactory.instance.arrayNode());
        return TableDescriptor.forConnector("kept-rows").option(NAME, name).build();
    }

    /** The changes of that sink, as {@code [kind, cell...]}; they are kept no longer. */
    static ArrayNode take(String name) {
        return KEPT.remove(name);
    }

    @Override
    public String factoryIdentifier() {
        return "kept-rows";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(NAME);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of();
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        helper.validate();
        return new Table(helper.getOptions().get(NAME), context.getPhysicalRowDataType());
    }

    private record Table(String name, org.apache.flink.table.types.DataType type) implements DynamicTableSink {
        @Override
        public ChangelogMode getChangelogMode(ChangelogMode requested) {
            return requested;
        }

        @Override
        public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
            List<LogicalType> types = ((RowType) type.getLogicalType()).getChildren();
            return SinkV2Provider.of(new Rows(name, context.createDataStructureConverter(type), List.copyOf(types)));
        }

        @Override
        public DynamicTableSink copy() {
            return this;
        }

        @Override
        public String asSummaryString() {
            return "kept-rows";
        }
    }

    private record Rows(String name, DynamicTableSink.DataStructureConverter converter, List<LogicalType> types)
            implements Sink<RowData> {
        @Override
        public SinkWriter<RowData> createWriter(WriterInitContext context) {
            converter.open(RuntimeConverter.Context.create(Thread.currentThread().getContextClassLoader()));
            return new Writer(this);
        }
    }

    private record Writer(Rows sink) implements SinkWriter<RowData> {
        @Override
        public void write(RowData element, Context context) {
            Row row = (Row) sink.converter.toExternal(element);
            ArrayNode cells = JsonNodeFactory.instance.arrayNode().add(row.getKind().shortString());
            for (int i = 0; i < row.getArity(); i++) {
                cells.add(Cells.json(row.getField(i), sink.types.get(i)));
            }
            ArrayNode rows = KEPT.get(sink.name);
            if (rows == null || rows.size() >= MOST) {
                throw new IllegalStateException("too many rows, or nobody wants them any more");
            }
            rows.add(cells);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
    }
}
