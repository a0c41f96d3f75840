/// Search for the best way to make a float model small: which calibration, how many bits where,
/// what to leave out, under budgets of flash, RAM, time and accuracy.
///
/// ```java
/// Evaluator evaluator = ModelEvaluator.of(graph, calibrationData, testData, target);
/// SearchResult result =
///     Search.run(evaluator, budget, SearchOptions.preferring(Prefer.FLASH), progress, clock);
/// result.best().ifPresent(trial -> write(evaluator.graph(trial.recipe())));
/// ```
///
/// [Search] knows models only through an [Evaluator]; a [Recipe] says how a variant is made, a
/// [Trial] what it costs and how well it answers.
@org.jspecify.annotations.NullMarked
package dev.mote.optimizer.search;
