package dev.mote.cli;

import dev.mote.module.Payload;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A kind of payload by its name on the command line.
final class PayloadKind implements ITypeConverter<Payload.Kind> {

  @Override
  public Payload.Kind convert(String value) {
    return Stream.of(Payload.Kind.values())
        .filter(kind -> name(kind).equals(value.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is none of %s"
                        .formatted(
                            value,
                            Stream.of(Payload.Kind.values())
                                .map(PayloadKind::name)
                                .collect(Collectors.joining(", ")))));
  }

  /// `c-sources` and the like.
  static String name(Payload.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
