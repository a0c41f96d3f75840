package dev.mote.example.fashion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;

/// Trains the float model and writes it with its accuracy.
///
/// Arguments: the folder with the IDX files, the folder to write into, and the number of epochs.
final class TrainFloatNetwork {

  /// Where README.md gives the accuracy.
  private static final String FIGURES =
      "(?s)(<!-- figures of the float model -->\n).*?(<!-- end of figures -->)";

  private TrainFloatNetwork() {}

  public static void main(String[] arguments) throws IOException {
    // The libraries are all on the class path: nothing is to be looked for on the network.
    System.setProperty("ai.djl.offline", "true");
    Path data = Path.of(arguments[0]);
    Path folder = Path.of(arguments[1]);
    Pictures training = Pictures.read(data, "train");
    Pictures test = Pictures.read(data, "t10k");
    int correct;
    byte[] model;
    try (Training trained =
        Training.run(Network.GENEROUS, training, Integer.parseInt(arguments[2]))) {
      correct = trained.correct(test);
      model = FloatModel.of(trained.layers());
      System.err.println("channels without effect: " + trained.vanishedChannels());
    }
    Files.write(folder.resolve("fashion_mnist_float.tflite"), model);
    String figures =
        String.format(
            Locale.ROOT,
            """
            | network | pictures | right | accuracy | bytes of the file |
            |---|---|---|---|---|
            | float | test set, %d | %d | %.4f | %,d |
            """,
            test.count(),
            correct,
            (double) correct / test.count(),
            model.length);
    System.out.print(figures);
    Path readme = folder.resolve("README.md");
    Files.writeString(
        readme,
        Files.readString(readme)
            .replaceFirst(FIGURES, "$1" + Matcher.quoteReplacement(figures) + "$2"));
  }
}
