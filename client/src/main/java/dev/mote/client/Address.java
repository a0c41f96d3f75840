package dev.mote.client;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.StringJoiner;

/// Addresses within the service.
final class Address {

  private final URI service;

  Address(URI service) {
    String scheme = String.valueOf(service.getScheme());
    if (!scheme.equalsIgnoreCase("https") && !scheme.equalsIgnoreCase("http")) {
      throw refused("it begins with neither https:// nor http://");
    }
    if (service.getHost() == null) {
      throw refused("it names no host");
    }
    if (service.getRawUserInfo() != null
        || service.getRawQuery() != null
        || service.getRawFragment() != null) {
      throw refused("it holds more than host, port and path");
    }
    this.service = URI.create(service.toString().replaceFirst("/+$", ""));
  }

  private static ServiceProblem refused(String why) {
    return ServiceProblem.local(
        ClientCodes.BAD_ADDRESS,
        "the address of the service is not one: " + why,
        "give it as https://mote.example.com.",
        null);
  }

  URI service() {
    return service;
  }

  /// @param query a value that is a collection stands for each of its elements, one that is empty
  ///     text for nothing
  URI of(String path, Map<String, ?> query) {
    StringJoiner text = new StringJoiner("&", "?", "").setEmptyValue("");
    query.forEach(
        (name, value) -> {
          Collection<?> all = value instanceof Collection<?> some ? some : java.util.List.of(value);
          all.stream()
              .map(String::valueOf)
              .filter(one -> !one.isEmpty())
              .forEach(one -> text.add(name + "=" + encode(one)));
        });
    return URI.create(service + path + text);
  }

  /// A name as one segment of a path.
  static String segment(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("'" + name + "' is no name");
    }
    return encode(name);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
