package dev.mote.pipeline.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Gives every buffer an offset so that the arena is as small as can be found.
///
/// Offline dynamic storage allocation is NP-hard (Garey and Johnson 1979, problem SR2). Placing
/// buffers one by one at the lowest offset that fits reaches an optimum for some order of
/// placement, so the search is over orders: a few good ones first, then every order of few buffers,
/// or seeded local search among many, until the lower bound is met or the budget is spent. The
/// budget counts placements, not time: same input, same plan.
public final class ArenaPlanner {

  private static final long PLACEMENT_BUDGET = 3_000_000;

  /// The most buffers whose orders are all tried.
  private static final int FEW = 7;

  /// Buffers that conflict with more than this many others are placed without overlaps, in
  /// quasi-linear time.
  private static final int CROWD = 512;

  private final List<BufferRequest> requests;
  private final int[] bytes;
  private final int[][] conflicts;
  private final int[][] permitDistance;
  private final boolean[][] exact;

  /// Offset that no buffer may lie across: there ends one memory and begins another.
  private final int boundary;

  private ArenaPlanner(List<BufferRequest> requests, List<OverlapPermit> permits, int boundary) {
    this.requests = requests;
    this.boundary = boundary;
    int count = requests.size();
    this.bytes = requests.stream().mapToInt(BufferRequest::bytes).toArray();
    this.permitDistance = new int[count][];
    this.exact = new boolean[count][count];
    for (OverlapPermit permit : permits) {
      if (permitDistance[permit.written()] == null) {
        permitDistance[permit.written()] = filled(count);
      }
      permitDistance[permit.written()][permit.read()] = permit.distance();
      exact[permit.written()][permit.read()] = permit.exact();
    }
    this.conflicts = new int[count][];
    for (int i = 0; i < count; i++) {
      BufferRequest request = requests.get(i);
      int self = i;
      conflicts[i] =
          IntStream.range(0, count)
              .filter(j -> j != self && requests.get(j).livesWith(request))
              .toArray();
    }
  }

  private static int[] filled(int count) {
    int[] row = new int[count];
    Arrays.fill(row, -1);
    return row;
  }

  /// A plan for `requests` in which only permitted pairs share bytes while both live.
  public static ArenaPlan plan(List<BufferRequest> requests, List<OverlapPermit> permits) {
    return plan(requests, permits, Integer.MAX_VALUE);
  }

  /// The same for two memories, of which the first has `boundary` bytes: offsets from there on are
  /// in the second.
  public static ArenaPlan plan(
      List<BufferRequest> requests, List<OverlapPermit> permits, int boundary) {
    return new ArenaPlanner(requests, permits, boundary).search();
  }

  private ArenaPlan search() {
    int lowerBound = lowerBound(true);
    int count = requests.size();
    Best best = new Best(new int[count], new int[count], Integer.MAX_VALUE);
    for (Comparator<Integer> order : startingOrders()) {
      best =
          better(
              IntStream.range(0, count).boxed().sorted(order).mapToInt(i -> i).toArray(),
              best.size - 1,
              best);
    }
    if (best.size > lowerBound) {
      best = count <= FEW ? everyOrder(best, lowerBound) : localSearch(best, lowerBound);
    }
    return new ArenaPlan(
        Arrays.stream(best.offsets).boxed().toList(),
        count == 0 ? 0 : best.size,
        lowerBound,
        lowerBound(false));
  }

  /// The best plan so far; `size` bytes.
  private record Best(int[] order, int[] offsets, int size) {}

  /// The plan of `order` if it has at most `limit` bytes, else `best`.
  private Best better(int[] order, int limit, Best best) {
    int[] offsets = new int[order.length];
    int size = place(order, offsets, limit);
    return size <= limit ? new Best(order, offsets, size) : best;
  }

  private Best everyOrder(Best start, int lowerBound) {
    Best best = start;
    int[] order = IntStream.range(0, requests.size()).toArray();
    do {
      best = better(order.clone(), best.size - 1, best);
    } while (best.size > lowerBound && nextOrder(order));
    return best;
  }

  /// The lexicographic successor of `order` in place; false when it was the last.
  private static boolean nextOrder(int[] order) {
    int pivot = order.length - 2;
    while (pivot >= 0 && order[pivot] > order[pivot + 1]) {
      pivot--;
    }
    if (pivot < 0) {
      return false;
    }
    int successor = order.length - 1;
    while (order[successor] < order[pivot]) {
      successor--;
    }
    swap(order, pivot, successor);
    for (int low = pivot + 1, high = order.length - 1; low < high; low++, high--) {
      swap(order, low, high);
    }
    return true;
  }

  private static void swap(int[] order, int a, int b) {
    int value = order[a];
    order[a] = order[b];
    order[b] = value;
  }

  private Best localSearch(Best start, int lowerBound) {
    Best best = start;
    int count = requests.size();
    Random random = new Random(count);
    long pairs = Arrays.stream(conflicts).mapToLong(row -> (long) row.length * row.length).sum();
    long rounds = PLACEMENT_BUDGET / Math.max(pairs, (long) count * count);
    for (long round = 0; round < rounds && best.size > lowerBound; round++) {
      int[] candidate = best.order.clone();
      int moves = 1 + random.nextInt(3);
      for (int move = 0; move < moves; move++) {
        shift(candidate, random.nextInt(count), random.nextInt(count));
      }
      best = better(candidate, best.size, best);
    }
    return best;
  }

  private List<Comparator<Integer>> startingOrders() {
    Comparator<Integer> bySize = Comparator.comparingInt(i -> -requests.get(i).bytes());
    Comparator<Integer> byStart = Comparator.comparingInt(i -> requests.get(i).first());
    Comparator<Integer> byEnd = Comparator.comparingInt(i -> -requests.get(i).last());
    Comparator<Integer> byArea =
        Comparator.comparingLong(
            i -> {
              BufferRequest r = requests.get(i);
              return -(long) r.bytes() * (r.last() - r.first() + 1);
            });
    Comparator<Integer> byLength =
        Comparator.comparingInt(i -> requests.get(i).first() - requests.get(i).last());
    return List.of(
        bySize.thenComparing(byStart),
        byArea.thenComparing(byStart),
        byStart.thenComparing(bySize),
        byEnd.thenComparing(bySize),
        byLength.thenComparing(bySize));
  }

  /// Takes the buffer at `from` out and puts it in again at `to`.
  private static void shift(int[] order, int from, int to) {
    int moved = order[from];
    if (from < to) {
      System.arraycopy(order, from + 1, order, from, to - from);
    } else {
      System.arraycopy(order, to, order, to + 1, from - to);
    }
    order[to] = moved;
  }

  /// Places the buffers in `order`, each as low as it fits; returns the size of the arena, or
  /// something above `limit` as soon as it is.
  private int place(int[] order, int[] offsets, int limit) {
    boolean[] placed = new boolean[offsets.length];
    int size = 0;
    for (int buffer : order) {
      offsets[buffer] = lowestOffset(buffer, offsets, placed);
      placed[buffer] = true;
      size = Math.max(size, offsets[buffer] + bytes[buffer]);
      if (size > limit) {
        return size;
      }
    }
    return size;
  }

  private int lowestOffset(int buffer, int[] offsets, boolean[] placed) {
    BufferRequest request = requests.get(buffer);
    int lowest = Integer.MAX_VALUE;
    if (conflicts[buffer].length > CROWD) {
      return lowestGap(buffer, offsets, placed);
    }
    if (fits(buffer, 0, offsets, placed)) {
      return 0;
    }
    if (boundary < Integer.MAX_VALUE) {
      lowest = lower(buffer, boundary, lowest, offsets, placed);
    }
    for (int other : conflicts[buffer]) {
      if (!placed[other]) {
        continue;
      }
      lowest = lower(buffer, offsets[other] + bytes[other], lowest, offsets, placed);
      int behind = distance(other, buffer);
      if (behind >= 0) {
        lowest = lower(buffer, offsets[other] + behind, lowest, offsets, placed);
      }
      int before = distance(buffer, other);
      if (before >= 0 && offsets[other] >= before) {
        int down = (offsets[other] - before) & -request.alignment();
        lowest = lower(buffer, down, lowest, offsets, placed);
      }
    }
    return lowest;
  }

  private int lowestGap(int buffer, int[] offsets, boolean[] placed) {
    int[] others =
        Arrays.stream(conflicts[buffer])
            .filter(other -> placed[other])
            .boxed()
            .sorted(Comparator.comparingInt(other -> offsets[other]))
            .mapToInt(Integer::intValue)
            .toArray();
    BufferRequest request = requests.get(buffer);
    int offset = within(0, request);
    for (int other : others) {
      if (offset + request.bytes() <= offsets[other]) {
        break;
      }
      int behind = request.aligned(offsets[other] + bytes[other]);
      offset = within(Math.max(offset, behind), request);
    }
    return offset;
  }

  /// `offset`, or the start of the second memory for a buffer that would lie across.
  private int within(int offset, BufferRequest request) {
    return offset < boundary && offset + request.bytes() > boundary ? boundary : offset;
  }

  private int lower(int buffer, int candidate, int lowest, int[] offsets, boolean[] placed) {
    int offset = requests.get(buffer).aligned(candidate);
    return offset < lowest && fits(buffer, offset, offsets, placed) ? offset : lowest;
  }

  private boolean fits(int buffer, int offset, int[] offsets, boolean[] placed) {
    int end = offset + bytes[buffer];
    if (offset < boundary && end > boundary) {
      return false;
    }
    for (int other : conflicts[buffer]) {
      if (!placed[other]) {
        continue;
      }
      int otherOffset = offsets[other];
      boolean disjoint = end <= otherOffset || otherOffset + bytes[other] <= offset;
      if (!disjoint && !permitted(buffer, offset, other, otherOffset)) {
        return false;
      }
    }
    return true;
  }

  private boolean permitted(int a, int offsetA, int b, int offsetB) {
    int aOverB = distance(a, b);
    int bOverA = distance(b, a);
    if (offsetA == offsetB && (exact[a][b] || exact[b][a])) {
      return true;
    }
    return (aOverB >= 0 && !exact[a][b] && offsetA + aOverB <= offsetB)
        || (bOverA >= 0 && !exact[b][a] && offsetB + bOverA <= offsetA);
  }

  /// Distance that `written` must keep below `read`; -1 when they may not overlap.
  private int distance(int written, int read) {
    return permitDistance[written] == null ? -1 : permitDistance[written][read];
  }

  private int lowerBound(boolean overlapping) {
    int bound = 0;
    int steps = requests.stream().mapToInt(BufferRequest::last).max().orElse(-1);
    for (int step = -1; step <= steps; step++) {
      List<Integer> live = new ArrayList<>();
      int sum = 0;
      for (int i = 0; i < requests.size(); i++) {
        if (requests.get(i).livesAt(step)) {
          live.add(i);
          sum += requests.get(i).bytes();
        }
      }
      bound = Math.max(bound, overlapping ? sum - largestSaving(live) : sum);
    }
    return bound;
  }

  /// Bytes that overlaps among `live` buffers can save at the most; never too few.
  private int largestSaving(List<Integer> live) {
    int saving = 0;
    for (int written : live) {
      int own = 0;
      for (int read : live) {
        int distance = distance(written, read);
        if (distance >= 0) {
          int shared =
              Math.min(requests.get(written).bytes() - distance, requests.get(read).bytes());
          own += Math.max(0, shared);
        }
      }
      saving += Math.min(own, requests.get(written).bytes());
    }
    return saving;
  }
}
