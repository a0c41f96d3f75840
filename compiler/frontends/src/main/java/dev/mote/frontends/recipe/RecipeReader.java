package dev.mote.frontends.recipe;

import dev.mote.frontends.classical.ClassicalProblem;
import dev.mote.frontends.classical.ClassicalRefusal;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.Verifier;
import dev.mote.plugin.ModelReader;
import java.util.List;
import java.util.Optional;

/// Reads Bonsai, ProtoNN and FastGRNN from the arrays that their training writes.
public final class RecipeReader implements ModelReader {

  private static final int MOST_BYTES = 1 << 25;

  @Override
  public String format() {
    return "edgeml";
  }

  /// An archive begins with a file called `….npy`.
  @Override
  public boolean accepts(Blob model, String fileName) {
    if (model.size() < 34) {
      return false;
    }
    java.nio.ByteBuffer bytes = model.buffer();
    int length = Short.toUnsignedInt(bytes.getShort(26));
    if (bytes.getInt(0) != 0x04034b50 || length > model.size() - 30) {
      return false;
    }
    byte[] name = new byte[length];
    bytes.get(30, name);
    String first = new String(name, java.nio.charset.StandardCharsets.UTF_8);
    return first.endsWith(".npy") || first.endsWith("/");
  }

  @Override
  public Result read(Blob model, String fileName, Options options) {
    try {
      if (model.size() > MOST_BYTES) {
        throw ClassicalProblem.TOO_LARGE.at(
            "", "it has %d bytes; at most %d are read".formatted(model.size(), MOST_BYTES));
      }
      String name = fileName.replaceFirst("\\.[A-Za-z0-9]+$", "");
      Recipes recipes = new Recipes(new ParameterArchive(model));
      Graph graph =
          recipes.graph(
              name.isEmpty() ? "model" : name,
              options.inputShapes().values().stream().findFirst().or(Optional::empty));
      List<Diagnostic> problems = Verifier.verify(graph);
      return problems.isEmpty() ? new Result.Model(graph) : new Result.Refused(problems);
    } catch (ClassicalRefusal refusal) {
      return new Result.Refused(
          List.of(refusal.problem().diagnostic(fileName, refusal.where(), refusal.what())));
    } catch (RuntimeException e) {
      // The last guard: a file that the checks should have caught must still not end the caller.
      return new Result.Refused(
          List.of(ClassicalProblem.INTERNAL.diagnostic(fileName, "", "the reader failed: " + e)));
    }
  }
}
