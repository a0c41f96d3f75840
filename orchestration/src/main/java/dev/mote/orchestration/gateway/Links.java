package dev.mote.orchestration.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// CoRE Link Format (RFC 6690), read with patience: spaces, and values with or without quotes.
final class Links {

  private static final int MOST_LINKS = 1_024;
  private static final int MOST_ATTRIBUTES = 16;
  private static final int LONGEST_TARGET = 64;
  private static final int LONGEST_VALUE = 128;

  private final String text;
  private int at;

  private Links(String text) {
    this.text = text;
  }

  static List<Link> read(byte[] payload) throws BadContentException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      throw new BadContentException("links that are no UTF-8", e);
    }
    Links reader = new Links(text);
    List<Link> links = new ArrayList<>();
    while (!reader.isAtEnd()) {
      links.add(reader.link());
      if (links.size() > MOST_LINKS) {
        throw new BadContentException("more than " + MOST_LINKS + " links");
      }
      if (!reader.isAtEnd()) {
        reader.expect(',');
      }
    }
    return links;
  }

  /// The links in the strictest form.
  static String write(List<Link> links) {
    StringBuilder out = new StringBuilder();
    for (Link link : links) {
      out.append(out.isEmpty() ? "<" : ",<").append(link.target()).append('>');
      link.attributes()
          .forEach(
              (name, value) -> {
                out.append(';').append(name);
                if (!value.isEmpty()) {
                  out.append(name.equals("ver") ? "=" + value : "=\"" + value + "\"");
                }
              });
    }
    return out.toString();
  }

  private boolean isAtEnd() {
    while (at < text.length() && text.charAt(at) <= ' ') {
      at++;
    }
    return at == text.length();
  }

  private void expect(char wanted) throws BadContentException {
    if (isAtEnd() || text.charAt(at) != wanted) {
      throw new BadContentException("no '" + wanted + "' at character " + at + " of the links");
    }
    at++;
  }

  private boolean skip(char wanted) {
    if (isAtEnd() || text.charAt(at) != wanted) {
      return false;
    }
    at++;
    return true;
  }

  private Link link() throws BadContentException {
    expect('<');
    int end = text.indexOf('>', at);
    if (end < 0 || end - at > LONGEST_TARGET) {
      throw new BadContentException("a link without an end, or longer than " + LONGEST_TARGET);
    }
    String target = text.substring(at, end);
    if (!target.chars().allMatch(c -> c > ' ' && c < 127 && c != '<' && c != '"')) {
      throw new BadContentException("a link with illegal characters");
    }
    at = end + 1;
    Map<String, String> attributes = new LinkedHashMap<>();
    while (skip(';')) {
      String name = word();
      attributes.putIfAbsent(name, skip('=') ? value() : "");
      if (attributes.size() > MOST_ATTRIBUTES) {
        throw new BadContentException("a link with more than " + MOST_ATTRIBUTES + " attributes");
      }
    }
    return new Link(target.startsWith("/") ? target : "/" + target, attributes);
  }

  private String word() throws BadContentException {
    isAtEnd();
    int start = at;
    while (at < text.length() && ";,=<>\" ".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return bounded(start, at, "attribute");
  }

  private String value() throws BadContentException {
    if (!skip('"')) {
      return word();
    }
    int end = text.indexOf('"', at);
    if (end < 0) {
      throw new BadContentException("a value without a closing quote");
    }
    String value = at == end ? "" : bounded(at, end, "value");
    at = end + 1;
    return value;
  }

  private String bounded(int start, int end, String what) throws BadContentException {
    String found = text.substring(start, end);
    if (found.isEmpty()
        || found.length() > LONGEST_VALUE
        || found.chars().anyMatch(Character::isISOControl)) {
      throw new BadContentException("an illegal " + what + " at character " + start);
    }
    return found;
  }
}
