package dev.mote.service.settings;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/// Reads paths, also for settings that may be left out: Spring by itself reads a `Path`, and no
/// `Optional` of one.
@Component
@ConfigurationPropertiesBinding
final class PathConverter implements Converter<String, Path> {

  @Override
  public Path convert(String text) {
    return Path.of(text);
  }
}
