/// Chips, boards and bare cores as data.
@org.jspecify.annotations.NullMarked
module dev.mote.targets {
  requires transitive dev.mote.plugin;
  requires static transitive org.jspecify;

  exports dev.mote.targets;

  uses dev.mote.plugin.TargetCatalog;

  provides dev.mote.plugin.TargetCatalog with
      dev.mote.targets.BuiltInTargets;
}
