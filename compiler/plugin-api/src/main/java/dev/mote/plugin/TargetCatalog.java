package dev.mote.plugin;

import java.util.List;

/// Contributes targets; found by [java.util.ServiceLoader].
public interface TargetCatalog {

  /// The targets, in the order in which they are listed.
  List<Target> targets();
}
