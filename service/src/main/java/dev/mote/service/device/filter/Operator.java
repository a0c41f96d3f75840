package dev.mote.service.device.filter;

import java.util.List;

/// How a field is compared.
enum Operator {
  EQUAL("=="),
  NOT_EQUAL("!="),
  BELOW("<", "=lt="),
  AT_MOST("<=", "=le="),
  ABOVE(">", "=gt="),
  AT_LEAST(">=", "=ge="),
  IN("=in="),
  OUT("=out="),
  IS_NULL("=isnull=");

  /// Longer ones first, so that a reader takes `<=` and not `<`.
  static final List<String> SIGNS =
      List.of(
          "=isnull=",
          "=out=",
          "=in=",
          "=lt=",
          "=le=",
          "=gt=",
          "=ge=",
          "==",
          "!=",
          "<=",
          ">=",
          "<",
          ">");

  private final List<String> signs;

  Operator(String... signs) {
    this.signs = List.of(signs);
  }

  static Operator of(String sign) {
    for (Operator operator : values()) {
      if (operator.signs.contains(sign)) {
        return operator;
      }
    }
    throw new IllegalArgumentException(sign);
  }

  String sign() {
    return signs.getFirst();
  }

  boolean isOrder() {
    return this == BELOW || this == AT_MOST || this == ABOVE || this == AT_LEAST;
  }

  boolean isNegative() {
    return this == NOT_EQUAL || this == OUT;
  }

  boolean takesList() {
    return this == IN || this == OUT;
  }

  /// Whether an order holds between two values whose comparison is `comparison`.
  boolean holds(int comparison) {
    return switch (this) {
      case BELOW -> comparison < 0;
      case AT_MOST -> comparison <= 0;
      case ABOVE -> comparison > 0;
      case AT_LEAST -> comparison >= 0;
      case EQUAL, NOT_EQUAL, IN, OUT, IS_NULL -> throw new IllegalStateException(name());
    };
  }
}
