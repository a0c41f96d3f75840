package dev.mote.service.rollout.machine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What a rollout waits for, in words.
public final class Waiting {

  private Waiting() {}

  /// Sentences, the most important first; none when it is over.
  public static List<String> of(
      RolloutPlan plan, RolloutState state, List<Tally> waves, Instant now) {
    List<String> words = new ArrayList<>();
    Tally total = Tally.sum(waves);
    switch (state.phase()) {
      case CREATED -> words.add("It waits for somebody to start it.");
      case AWAITING_APPROVAL -> words.add("It waits for the approval of a second person.");
      case SCHEDULED -> plan.startAt().ifPresent(start -> words.add("It starts at " + start + "."));
      case PAUSED -> {
        words.add("It is " + state.reason() + ". It waits for somebody to resume or end it.");
        runs(words, total);
      }
      case STOPPING -> words.add("It ends when %s have ended.".formatted(updates(total.running())));
      case ROLLING_BACK -> {
        words.add(
            "%s are still to get back what they had; %s run."
                .formatted(
                    Words.devices(total.returning() + total.goingBack() + total.running()),
                    updates(total.goingBack() + total.running())));
        words.add(
            "Those that do not answer are given up at %s."
                .formatted(state.stageSince().plus(plan.stragglers())));
      }
      case RUNNING -> running(words, plan, state, waves, total, now);
      case SUCCEEDED, FAILED, ABORTED, ROLLED_BACK -> {}
    }
    return List.copyOf(words);
  }

  private static void running(
      List<String> words,
      RolloutPlan plan,
      RolloutState state,
      List<Tally> waves,
      Tally total,
      Instant now) {
    Wave wave = plan.wave(state.wave());
    Tally there =
        waves.isEmpty() ? Tally.NONE : waves.get(Math.min(state.wave(), waves.size() - 1));
    if (!plan.isWindowOpen(now)) {
      words.add(
          "No maintenance window is open"
              + Window.nextChange(plan.windows(), now).map(next -> " until " + next).orElse("")
              + ".");
    }
    switch (state.stage()) {
      case PREPARING -> words.add("Its devices are collected.");
      case UPDATING -> {
        words.add(
            "Wave %d of %d: answers came from %d of %s; %d still to begin or to be heard."
                .formatted(
                    state.wave() + 1,
                    Math.max(1, waves.size()),
                    there.answered(),
                    Words.devices(there.total() - there.skipped()),
                    there.waiting()));
        words.add(
            "Those that have answered by %s decide, if they are %s."
                .formatted(
                    state.lastBegun().plus(wave.deadline()), Words.percent(wave.enoughPercent())));
      }
      case SOAKING -> {
        Instant end = state.stageSince().plus(wave.soak());
        words.add(
            now.isBefore(end)
                ? "Wave %d is watched until %s.".formatted(state.wave() + 1, end)
                : "Telemetry of more devices is waited for.");
      }
      case FINISHING -> {
        plan.openUntil()
            .filter(now::isBefore)
            .ifPresent(until -> words.add("Devices may join until " + until + "."));
        if (total.waiting() + total.running() > 0) {
          words.add(
              "All waves are through; %s that were not there are waited for until %s."
                  .formatted(
                      Words.devices(total.waiting() + total.running()),
                      state.stageSince().plus(plan.stragglers())));
        }
      }
    }
    runs(words, total);
  }

  private static void runs(List<String> words, Tally total) {
    if (total.running() > 0) {
      words.add(updates(total.running()) + " run.");
    }
  }

  private static String updates(int count) {
    return Words.count(count, "update", "updates");
  }
}
