package dev.mote.pluginhost.check;

/// What came of one rule on one subject.
///
/// @param rule name of the rule, as `docs/howto/write-a-compiler-plugin.md` lists them
/// @param subject model and target, or what else it is about
/// @param verdict whether it holds
/// @param detail what was seen, in a sentence
public record Finding(Rule rule, String subject, Verdict verdict, String detail) {

  /// What a compiler must do.
  public enum Rule {
    /// The description is complete, and the same when it is asked for again.
    DESCRIPTION,
    /// The schema is one; parameters that do not follow it are refused; a default is a default.
    PARAMETERS,
    /// It serves at least one of the models.
    SERVES,
    /// What the estimate says, compiling does.
    AGREEMENT,
    /// A refusal has reasons, each with what is wrong and how to mend it.
    REASONS,
    /// The same request gives the same bytes.
    DETERMINISTIC,
    /// Outputs are those of the reference interpreter: integers bit by bit.
    EXACT,
    /// What exceeds a constraint is refused.
    LIMITS,
    /// A cancelled request ends soon.
    CANCELLATION,
    /// An unknown method is answered with an error, and the next request as usual.
    PROTOCOL,
    /// It is kept from the network and from files that are not its own.
    ISOLATION
  }

  /// Whether a rule holds.
  public enum Verdict {
    HOLDS,
    BROKEN,
    /// It could not be checked here; the detail says why.
    SKIPPED
  }
}
