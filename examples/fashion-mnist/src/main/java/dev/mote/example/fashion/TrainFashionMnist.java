package dev.mote.example.fashion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/// Trains the model, quantizes it, and writes it with its labels, its samples and its accuracy.
///
/// Arguments: the folder with the IDX files, the folder to write into, and the number of epochs.
final class TrainFashionMnist {

  private static final int CALIBRATION_PICTURES = 500;

  /// Where README.md gives the accuracy.
  private static final String FIGURES = "(?s)(<!-- figures -->\n).*?(<!-- end of figures -->)";

  private TrainFashionMnist() {}

  public static void main(String[] arguments) throws IOException {
    // The libraries are all on the class path: nothing is to be looked for on the network.
    System.setProperty("ai.djl.offline", "true");
    Path data = Path.of(arguments[0]);
    Path folder = Path.of(arguments[1]);
    Pictures training = Pictures.read(data, "train");
    Pictures test = Pictures.read(data, "t10k");
    int floatCorrect;
    byte[] model;
    try (Training trained =
        Training.run(Network.SEPARABLE, training, Integer.parseInt(arguments[2]))) {
      floatCorrect = trained.correct(test);
      List<FloatLayer> layers = trained.layers();
      model = QuantizedModel.of(layers, new Calibration(layers, training, CALIBRATION_PICTURES));
    }
    Files.write(folder.resolve("fashion_mnist_int8.tflite"), model);
    Files.writeString(folder.resolve("labels.txt"), String.join("\n", Pictures.CLASSES) + "\n");
    Samples.write(test, folder.resolve("samples"));

    List<Integer> classes = Accuracy.classes(model, test);
    long correct = correct(classes, test, allOf(test));
    long samplesCorrect = correct(classes, test, Samples.of(test));
    String figures =
        """
        | network | pictures | right | accuracy |
        |---|---|---|---|
        | float | test set, %1$d | %2$d | %3$.4f |
        | int8 | test set, %1$d | %4$d | %5$.4f |
        | int8 | the samples, 100 | %6$d | %7$.2f |
        """
            .formatted(
                test.count(),
                floatCorrect,
                (double) floatCorrect / test.count(),
                correct,
                (double) correct / test.count(),
                samplesCorrect,
                samplesCorrect / 100.0);
    System.out.print(figures);
    System.out.printf(Locale.ROOT, "%,d bytes%n", model.length);
    Path readme = folder.resolve("README.md");
    Files.writeString(
        readme,
        Files.readString(readme)
            .replaceFirst(FIGURES, "$1" + Matcher.quoteReplacement(figures) + "$2"));
  }

  private static List<Integer> allOf(Pictures pictures) {
    return IntStream.range(0, pictures.count()).boxed().toList();
  }

  private static long correct(List<Integer> classes, Pictures pictures, List<Integer> which) {
    return which.stream().filter(i -> classes.get(i) == pictures.label(i)).count();
  }
}
