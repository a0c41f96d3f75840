/// The targets that Mote knows: one `.properties` file per chip, board or bare core.
///
/// [Targets] finds them by name, together with those of plugins:
///
/// ```java
/// Target chip = Targets.find("stm32l4r5");
/// chip.limit(Target.Memory.Kind.RAM);   // 655,360 bytes
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.targets;
