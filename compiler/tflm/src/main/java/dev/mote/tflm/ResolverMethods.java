package dev.mote.tflm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/// The operators that TensorFlow Lite Micro has, and how its resolver is asked for them.
final class ResolverMethods {

  private static final Properties NAMES = load();

  private ResolverMethods() {}

  /// `AddConv2D` for the number of the operator; empty when there is none.
  static Optional<String> of(int code) {
    return Optional.ofNullable(NAMES.getProperty(String.valueOf(code))).map(name -> "Add" + name);
  }

  private static Properties load() {
    Properties names = new Properties();
    try (InputStream in =
        Objects.requireNonNull(ResolverMethods.class.getResourceAsStream("operators.properties"))) {
      names.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }
}
