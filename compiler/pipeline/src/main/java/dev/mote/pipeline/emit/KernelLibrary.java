package dev.mote.pipeline.emit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The text of the kernels in `device/kernels`, cut to what a model uses.
final class KernelLibrary {

  private static final Pattern OWN_INCLUDE =
      Pattern.compile("(?m)^#include \"(?<file>[^\"]+)\"\\n");
  private static final Pattern SYSTEM_INCLUDE =
      Pattern.compile("(?m)^#include <(?<file>[^>]+)>\\n");

  private final Map<String, String> parts = new LinkedHashMap<>();
  private final Set<String> shared;
  private final SortedSet<String> systemHeaders = new TreeSet<>();

  /// The kernels in `files` (without suffix) and everything that they include, each once.
  KernelLibrary(Collection<String> files) {
    this(files, Set.of());
  }

  /// The same, with the functions in `shared` not inlined.
  KernelLibrary(Collection<String> files, Set<String> shared) {
    this.shared = shared;
    add("portable/common.h");
    for (String file : new TreeSet<>(files)) {
      add(file + ".c");
    }
  }

  /// Names of the system headers that the kernels include, sorted.
  SortedSet<String> systemHeaders() {
    return systemHeaders;
  }

  /// The kernels' text, includes resolved, in an order in which it compiles.
  String text() {
    return String.join("\n", parts.values());
  }

  private void add(String file) {
    if (parts.containsKey(file)) {
      return;
    }
    String text = load(file);
    Matcher includes = OWN_INCLUDE.matcher(text);
    while (includes.find()) {
      add(includes.group("file"));
    }
    SYSTEM_INCLUDE.matcher(text).results().forEach(match -> systemHeaders.add(match.group(1)));
    String body = SYSTEM_INCLUDE.matcher(OWN_INCLUDE.matcher(text).replaceAll("")).replaceAll("");
    for (String function : shared) {
      body =
          body.replace("MOTE_KERNEL void " + function + "(", "MOTE_SHARED void " + function + "(");
    }
    parts.put(file, body.strip() + "\n");
  }

  private static String load(String file) {
    String resource = "/dev/mote/device/kernels/" + file;
    try (InputStream stream = KernelLibrary.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalArgumentException("no kernel file '" + file + "'");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot read kernel file '" + file + "'", e);
    }
  }
}
