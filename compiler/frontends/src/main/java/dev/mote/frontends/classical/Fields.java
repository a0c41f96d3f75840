package dev.mote.frontends.classical;

import java.util.List;
import java.util.Map;

/// The members of a JSON object, with their types.
///
/// @param where what errors call it
record Fields(String where, Map<?, ?> members) {

  static Fields of(String where, Object value) {
    if (value instanceof Map<?, ?> map) {
      return new Fields(where, map);
    }
    throw ClassicalProblem.FIELD.at(where, "it is no object");
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  Fields object(String name) {
    return of(where.isEmpty() ? name : where + "." + name, get(name));
  }

  List<?> list(String name) {
    if (get(name) instanceof List<?> list) {
      return list;
    }
    throw wrong(name, "a list");
  }

  String text(String name) {
    if (get(name) instanceof String text) {
      return text;
    }
    throw wrong(name, "a text");
  }

  String text(String name, String otherwise) {
    return has(name) ? text(name) : otherwise;
  }

  /// A number, which XGBoost writes as text.
  double number(String name) {
    return number(name, get(name));
  }

  double number(String name, double otherwise) {
    return has(name) ? number(name) : otherwise;
  }

  int integer(String name) {
    return integer(name, number(name));
  }

  int integer(String name, int otherwise) {
    return has(name) ? integer(name) : otherwise;
  }

  double[] numbers(String name) {
    List<?> list = list(name);
    double[] values = new double[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(name, list.get(i));
    }
    return values;
  }

  int[] integers(String name) {
    double[] values = numbers(name);
    int[] integers = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      integers[i] = integer(name, values[i]);
    }
    return integers;
  }

  /// Rows of equal length, one after the other.
  double[] matrix(String name) {
    List<?> rows = list(name);
    int width = rows.isEmpty() ? 0 : row(name, rows.getFirst()).size();
    if ((long) width * rows.size() > ClassicalLimits.ELEMENTS) {
      throw ClassicalProblem.TOO_LARGE.at(where, "'" + name + "' has too many numbers");
    }
    double[] values = new double[width * rows.size()];
    for (int r = 0; r < rows.size(); r++) {
      List<?> row = row(name, rows.get(r));
      if (row.size() != width) {
        throw ClassicalProblem.FIELD.at(where, "rows of '" + name + "' differ in length");
      }
      for (int i = 0; i < width; i++) {
        values[r * width + i] = number(name, row.get(i));
      }
    }
    return values;
  }

  private List<?> row(String name, Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw wrong(name, "a list of lists");
  }

  private double number(String name, Object value) {
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    if (value instanceof Double number) {
      return number;
    }
    if (value instanceof String text) {
      try {
        return Double.parseDouble(text.replaceAll("[\\[\\]]", ""));
      } catch (NumberFormatException e) {
        throw wrong(name, "a number");
      }
    }
    throw wrong(name, "a number");
  }

  private int integer(String name, double value) {
    if (value != (int) value) {
      throw wrong(name, "a whole number");
    }
    return (int) value;
  }

  private Object get(String name) {
    Object value = members.get(name);
    if (value == null) {
      throw ClassicalProblem.FIELD.at(where, "'" + name + "' is missing");
    }
    return value;
  }

  private ClassicalRefusal wrong(String name, String type) {
    return ClassicalProblem.FIELD.at(where, "'" + name + "' is not " + type);
  }
}
