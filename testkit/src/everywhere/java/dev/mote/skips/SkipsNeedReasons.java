package dev.mote.skips;

import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/// Fails a test that is skipped without saying why, be it by an assumption or by [Disabled].
///
/// Registered for every module through `META-INF/services`; it replaces JUnit's own handling of
/// [Disabled], which the build switches off.
public final class SkipsNeedReasons implements InvocationInterceptor, ExecutionCondition {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<Disabled> disabled =
        context.getElement().map(element -> element.getAnnotation(Disabled.class));
    if (disabled.isEmpty()) {
      return ConditionEvaluationResult.enabled("not @Disabled");
    }
    if (disabled.get().value().isBlank()) {
      throw new AssertionError(
          context.getDisplayName()
              + " is @Disabled without a reason: state it, or delete the test");
    }
    return ConditionEvaluationResult.disabled(disabled.get().value());
  }

  @Override
  public void interceptBeforeAllMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  @Override
  public void interceptBeforeEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  @Override
  public <T extends @Nullable Object> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    return proceed(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<@Nullable Void> invocation,
      DynamicTestInvocationContext test,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  private static <T extends @Nullable Object> T proceed(
      Invocation<T> invocation, ExtensionContext context) throws Throwable {
    try {
      return invocation.proceed();
    } catch (TestAbortedException e) {
      if (!givesReason(e)) {
        throw new AssertionError(
            context.getDisplayName() + " was skipped without a reason: give the assumption one", e);
      }
      throw e;
    }
  }

  /// JUnit's assumptions say only "Assumption failed: assumption is not true" when they were given
  /// no message of their own.
  static boolean givesReason(TestAbortedException skip) {
    String message = skip.getMessage() == null ? "" : skip.getMessage().strip();
    return !message.isEmpty()
        && !message.equals("Assumption failed")
        && !message.matches("Assumption failed: assumption is (not )?(true|false)");
  }
}
