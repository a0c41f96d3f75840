package dev.mote.service.settings;

import dev.mote.service.http.Closest;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.stereotype.Component;

/// Compares the keys that begin with `mote.` with those that records of settings read, before
/// anything else starts.
@Component
final class KnownKeys implements BeanFactoryPostProcessor, EnvironmentAware {

  private static final String PREFIX = "mote.";

  private ConfigurableEnvironment environment = new StandardEnvironment();

  /// Called by Spring, which makes this before it could give arguments to a constructor.
  @Override
  public void setEnvironment(Environment given) {
    environment = (ConfigurableEnvironment) given;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    Map<String, Key> known = of(types(beans));
    List<String> found = new ArrayList<>();
    for (PropertySource<?> source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable) {
        for (String name : enumerable.getPropertyNames()) {
          unknown(source.getName(), name, known.keySet())
              .ifPresent(
                  key ->
                      found.add(
                          "the configuration has a key '%s' that nothing reads%s"
                              .formatted(name, Closest.hint(key, known.keySet()))));
        }
      }
    }
    if (!found.isEmpty()) {
      throw new UnknownKeyException(found.stream().distinct().toList());
    }
  }

  /// The key in the form in which it is compared, if it is not known.
  ///
  /// The environment and the system's properties have other keys that begin with the product's
  /// name; of theirs only those count that name a group of settings.
  static Optional<String> unknown(String source, String name, Set<String> known) {
    boolean shared =
        source.equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
            || source.equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
    String key = name.toLowerCase(Locale.ROOT);
    if (source.equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
      key = key.replace('_', '.');
    }
    if (!key.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String group = group(key);
    if (shared && known.stream().noneMatch(k -> group(k).equals(group) && !group.isEmpty())) {
      return Optional.empty();
    }
    String plain = plain(key);
    // Lists and maps go on behind their key.
    boolean there =
        known.stream()
            .map(KnownKeys::plain)
            .anyMatch(k -> plain.equals(k) || plain.startsWith(k + "["));
    return there ? Optional.empty() : Optional.of(key);
  }

  private static String group(String key) {
    int dot = key.indexOf('.', PREFIX.length());
    return dot < 0 ? "" : key.substring(PREFIX.length(), dot);
  }

  /// Dashes and dots mean nothing to Spring's binding from the environment.
  private static String plain(String key) {
    return key.replaceAll("[-._]", "");
  }

  private static Set<Class<?>> types(ConfigurableListableBeanFactory beans) {
    Set<Class<?>> types = new java.util.HashSet<>();
    for (String name : beans.getBeanDefinitionNames()) {
      Class<?> type = beans.getType(name, false);
      if (type != null && type.isAnnotationPresent(ConfigurationProperties.class)) {
        types.add(type);
      }
    }
    return types;
  }

  /// A key.
  ///
  /// @param usual its value when none is given; empty if it has none
  /// @param settings record that reads it
  /// @param component of the record
  record Key(String name, Optional<String> usual, Class<?> settings, String component) {}

  /// Key → what reads it, of all records of this product.
  static Map<String, Key> of(Set<Class<?>> types) {
    Map<String, Key> keys = new TreeMap<>();
    for (Class<?> type : types) {
      ConfigurationProperties annotation = type.getAnnotation(ConfigurationProperties.class);
      String prefix = annotation.value().isEmpty() ? annotation.prefix() : annotation.value();
      if (prefix.startsWith(PREFIX) && type.isRecord()) {
        collect(prefix, type, keys);
      }
    }
    return keys;
  }

  private static void collect(String prefix, Class<?> type, Map<String, Key> keys) {
    RecordComponent[] components = type.getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      String name = prefix + "." + dashed(component.getName());
      Class<?> inner = inner(component);
      if (inner.isRecord()) {
        collect(name, inner, keys);
      } else {
        keys.put(name, new Key(name, usual(type, i), type, component.getName()));
      }
    }
  }

  private static Class<?> inner(RecordComponent component) {
    Type generic = component.getGenericType();
    if (component.getType() == Optional.class
        && generic instanceof ParameterizedType optional
        && optional.getActualTypeArguments()[0] instanceof Class<?> type) {
      return type;
    }
    return component.getType();
  }

  private static Optional<String> usual(Class<?> type, int index) {
    var parameters = type.getDeclaredConstructors()[0].getParameters();
    return Optional.ofNullable(parameters[index].getAnnotation(DefaultValue.class))
        .map(value -> String.join(", ", value.value()));
  }

  private static String dashed(String name) {
    StringBuilder dashed = new StringBuilder();
    for (char c : name.toCharArray()) {
      if (Character.isUpperCase(c)) {
        dashed.append('-');
      }
      dashed.append(Character.toLowerCase(c));
    }
    return dashed.toString();
  }
}
