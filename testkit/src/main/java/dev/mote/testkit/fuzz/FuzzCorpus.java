package dev.mote.testkit.fuzz;

import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Families;
import dev.mote.testkit.mlperf.MlperfTiny;
import java.util.ArrayList;
import java.util.List;

/// The good models that are mutated: one of each operator and types, and the MLPerf Tiny models
/// where this machine has them.
public final class FuzzCorpus {

  /// A good model.
  ///
  /// @param name what it is
  /// @param mutator makes mutants of the file
  public record Seed(String name, ModelMutator mutator) {}

  private FuzzCorpus() {}

  /// The models, in a fixed order.
  public static List<Seed> seeds() {
    List<Seed> seeds = new ArrayList<>();
    for (CaseFamily family : Families.all()) {
      byte[] model = family.draw(seeds.size() % family.count()).model().toByteArray();
      seeds.add(new Seed(family.name(), new ModelMutator(model)));
    }
    if (MlperfTiny.folder().isPresent()) {
      for (String name : MlperfTiny.INT8) {
        seeds.add(new Seed(name, new ModelMutator(MlperfTiny.model(name))));
      }
    }
    return seeds;
  }
}
