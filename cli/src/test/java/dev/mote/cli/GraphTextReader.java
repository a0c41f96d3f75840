package dev.mote.cli;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.plugin.ModelReader;
import java.nio.charset.StandardCharsets;

/// Reads graphs from their text form, so that a test can say in a few lines what its model is.
public final class GraphTextReader implements ModelReader {

  @Override
  public String format() {
    return "graph";
  }

  @Override
  public boolean accepts(Blob model, String fileName) {
    return fileName.endsWith(".graph");
  }

  @Override
  public Result read(Blob model, String fileName, Options options) {
    Graph graph = GraphText.parse(new String(model.toByteArray(), StandardCharsets.UTF_8));
    return new Result.Model(graph);
  }
}
