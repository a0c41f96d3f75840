package dev.mote.pipeline.emit;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.pipeline.lower.ConstantTable;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/// The constant tables of a module: equal tables are emitted once, under one name.
final class ConstantPool {

  private static final int VALUES_PER_LINE = 16;

  private record Key(ElementType element, Blob data) {}

  private record Named(String name, ConstantTable table) {}

  private final String symbol;
  private final Set<Blob> external;
  private final Map<Key, Named> tables = new LinkedHashMap<>();
  private long weightBytes;
  private long tableBytes;

  /// @param external contents of the tables that lie in another flash than the code
  ConstantPool(String symbol, Set<Blob> external) {
    this.symbol = symbol;
    this.external = external;
  }

  /// C name of `table`, which becomes part of the module.
  String nameOf(ConstantTable table) {
    Key key = new Key(table.element(), table.data());
    return tables.computeIfAbsent(key, _ -> named(table)).name();
  }

  private Named named(ConstantTable table) {
    weightBytes += table.weightBytes();
    tableBytes += table.data().size() - table.weightBytes();
    String kind = table.isWeights() ? "_weights_" : "_table_";
    return new Named(symbol + kind + tables.size(), table);
  }

  long weightBytes() {
    return weightBytes;
  }

  long tableBytes() {
    return tableBytes;
  }

  /// Definitions of all tables.
  String definitions() {
    StringJoiner text = new StringJoiner("\n");
    if (tables.values().stream().anyMatch(named -> external.contains(named.table().data()))) {
      text.add(CTemplates.EXTERNAL);
    }
    tables.values().forEach(named -> text.add(definition(named.name(), named.table())));
    return text.toString();
  }

  private String definition(String name, ConstantTable table) {
    int count = count(table);
    ByteBuffer bytes = table.data().buffer();
    StringBuilder values = new StringBuilder(count * 5);
    for (int i = 0; i < count; i++) {
      values.append(i % VALUES_PER_LINE == 0 ? "\n  " : " ");
      values.append(literal(table.element(), bytes, i)).append(',');
    }
    return "%sstatic const %s %s[%d] MOTE_ALIGNED(%d) = {%s\n};"
        .formatted(
            external.contains(table.data())
                ? "MOTE_WEIGHTS_EXTERNAL "
                : table.isWeights() ? "MOTE_WEIGHTS " : "",
            type(table.element()),
            name,
            count,
            Math.max(4, table.element().bits() / 8),
            values);
  }

  private static int count(ConstantTable table) {
    return table.element() == ElementType.INT4
        ? table.data().size()
        : table.data().size() * 8 / table.element().bits();
  }

  /// C type of an element.
  static String type(ElementType element) {
    return switch (element) {
      case INT8 -> "int8_t";
      case INT4, UINT8, BOOL -> "uint8_t";
      case INT16 -> "int16_t";
      case INT32 -> "int32_t";
      case INT64 -> "int64_t";
      case FLOAT16 -> "uint16_t";
      case FLOAT32 -> "float";
    };
  }

  private static String literal(ElementType element, ByteBuffer bytes, int index) {
    return switch (element) {
      case INT8 -> Byte.toString(bytes.get(index));
      case INT4, UINT8, BOOL -> Integer.toString(Byte.toUnsignedInt(bytes.get(index)));
      case INT16 -> Short.toString(bytes.getShort(2 * index));
      case INT32 -> CLiteral.of(bytes.getInt(4 * index));
      case INT64 -> CLiteral.of(bytes.getLong(8 * index));
      case FLOAT16 -> Integer.toString(Short.toUnsignedInt(bytes.getShort(2 * index)));
      case FLOAT32 -> CLiteral.of(bytes.getFloat(4 * index));
    };
  }
}
