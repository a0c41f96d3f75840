package dev.mote.service.device;

/// Hears of the end of updates, in the transaction that ends them: what throws here keeps the
/// update from ending, and it is tried again.
public interface UpdateListener {

  void ended(UpdateEnded event);
}
