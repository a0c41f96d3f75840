package dev.mote.web;

import java.nio.file.Files;
import java.nio.file.Path;

/// Files of this repository.
final class Sources {

  private Sources() {}

  static Path root() {
    return Path.of(System.getProperty("mote.root", "."));
  }

  static Path model() {
    return root().resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");
  }

  /// Whether `scripts/web` has built the pages.
  static boolean hasPages() {
    return Files.exists(root().resolve("web/dist/index.html"));
  }
}
