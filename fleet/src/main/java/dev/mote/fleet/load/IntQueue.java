package dev.mote.fleet.load;

/// A queue of at most so many numbers.
final class IntQueue {

  private final int[] items;
  private int first;
  private int size;

  IntQueue(int most) {
    items = new int[most];
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(int item) {
    items[(first + size++) % items.length] = item;
  }

  int remove() {
    int item = items[first];
    first = (first + 1) % items.length;
    size--;
    return item;
  }
}
