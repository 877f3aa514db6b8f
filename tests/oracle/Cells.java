import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.BooleanNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.DoubleNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.LongNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.NullNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.TextNode;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.types.Row;

/**
 * Values of rows as JSON, one spelling per value whatever the engine.
 *
 * <p>Integers are numbers; FLOAT and DOUBLE are numbers, or {@code "NaN"}, {@code "Infinity"}, {@code "-Infinity"};
 * DECIMAL is a string in plain notation with its scale; bytes are lower-case hexadecimal; DATE {@code yyyy-MM-dd}; TIME
 * {@code HH:mm:ss}; TIMESTAMP {@code yyyy-MM-dd HH:mm:ss} and as many digits after the point as its type has;
 * TIMESTAMP_LTZ the same in UTC with a {@code Z}; ARRAY an array; ROW an array of its fields; MAP and MULTISET an array of
 * {@code [key, value]}, ordered by the key's JSON.
 */
final class Cells {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd");

    private Cells() {}

    static JsonNode json(Object value, LogicalType type) {
        if (value == null) {
            return NullNode.getInstance();
        }
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> BooleanNode.valueOf((Boolean) value);
            case TINYINT, SMALLINT, INTEGER, BIGINT -> LongNode.valueOf(((Number) value).longValue());
            case FLOAT -> number(((Number) value).doubleValue(), value.toString());
            case DOUBLE -> number(((Number) value).doubleValue(), value.toString());
            case DECIMAL -> TextNode.valueOf(((BigDecimal) value).toPlainString());
            case BINARY, VARBINARY -> TextNode.valueOf(HexFormat.of().formatHex((byte[]) value));
            case DATE -> TextNode.valueOf(DAY.format((LocalDate) value));
            case TIME_WITHOUT_TIME_ZONE -> TextNode.valueOf(clock(LogicalTypeChecks.getPrecision(type)).format((LocalTime) value));
            case TIMESTAMP_WITHOUT_TIME_ZONE -> TextNode.valueOf(stamp((LocalDateTime) value, type));
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                    TextNode.valueOf(stamp(LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC), type) + "Z");
            case TIMESTAMP_WITH_TIME_ZONE -> TextNode.valueOf(((OffsetDateTime) value).toString());
            case ARRAY -> list(value, ((ArrayType) type).getElementType());
            case MAP -> pairs((Map<?, ?>) value, ((MapType) type).getKeyType(), ((MapType) type).getValueType());
            case MULTISET -> pairs((Map<?, ?>) value, ((MultisetType) type).getElementType(), new org.apache.flink.table.types.logical.IntType());
            case ROW -> row((Row) value, (RowType) type);
            default -> TextNode.valueOf(String.valueOf(value));
        };
    }

    /** A number by its shortest spelling in its own width: 0.1f is 0.1, not 0.10000000149011612. */
    private static JsonNode number(double value, String spelling) {
        boolean finite = !Double.isNaN(value) && !Double.isInfinite(value);
        return finite ? DoubleNode.valueOf(Double.parseDouble(spelling)) : TextNode.valueOf(spelling);
    }

    private static String stamp(LocalDateTime value, LogicalType type) {
        return DAY.format(value) + " " + clock(LogicalTypeChecks.getPrecision(type)).format(value);
    }

    private static DateTimeFormatter clock(int digits) {
        DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder().appendPattern("HH:mm:ss");
        return digits == 0
                ? builder.toFormatter()
                : builder.appendFraction(ChronoField.NANO_OF_SECOND, digits, digits, true).toFormatter();
    }

    private static JsonNode list(Object value, LogicalType element) {
        ArrayNode array = JSON.arrayNode();
        if (value instanceof Object[] items) {
            for (Object item : items) {
                array.add(json(item, element));
            }
        } else if (value instanceof List<?> items) {
            items.forEach(item -> array.add(json(item, element)));
        } else {
            for (int i = 0; i < java.lang.reflect.Array.getLength(value); i++) {
                array.add(json(java.lang.reflect.Array.get(value, i), element));
            }
        }
        return array;
    }

    private static JsonNode pairs(Map<?, ?> map, LogicalType key, LogicalType value) {
        TreeMap<String, ArrayNode> sorted = new TreeMap<>();
        map.forEach(
                (k, v) -> {
                    JsonNode first = json(k, key);
                    sorted.put(first.toString(), JSON.arrayNode().add(first).add(json(v, value)));
                });
        ArrayNode array = JSON.arrayNode();
        sorted.values().forEach(array::add);
        return array;
    }

    private static JsonNode row(Row row, RowType type) {
        ArrayNode array = JSON.arrayNode();
        for (int i = 0; i < row.getArity(); i++) {
            array.add(json(row.getField(i), type.getTypeAt(i)));
        }
        return array;
    }
}
