using System.Reflection;
using Spool.TestKit;
using Xunit;
using Xunit.v3;

namespace Spool.Tests;

/// <summary>Runs the suite, or some guarantees of it, in this process against in-memory stores that are wrapped, and tells which guarantees
/// failed.</summary>
static class SuiteRun
{
    public static Task<Outcome> AgainstAsync(Func<IThreadStore, IThreadStore> wrap, params string[] guarantees) =>
        AgainstAsync(wrap, _ => true, guarantees);

    /// <summary>Runs some of the suites.</summary>
    public static async Task<Outcome> AgainstAsync(
        Func<IThreadStore, IThreadStore> wrap,
        Func<Type, bool> suites,
        params string[] guarantees
    )
    {
        InMemoryHarness.Wrapping.Value = wrap;
        return await OfAsync(typeof(InMemoryHarness), suites, guarantees);
    }

    /// <summary>Runs some of the suites against the stores of a harness.</summary>
    public static async Task<Outcome> OfAsync(Type harness, Func<Type, bool> suites, params string[] guarantees)
    {
        var outcome = new Outcome([], [], []);
        foreach (var suite in ConformanceSuites.For(harness).Where(suites))
        {
            foreach (
                var test in suite
                    .GetMethods()
                    .Where(method =>
                        method.GetCustomAttribute<FactAttribute>() is not null
                        && (guarantees.Length == 0 || guarantees.Contains(GuaranteeOf(method)))
                    )
            )
                await RunAsync(suite, test, outcome);
        }
        return outcome;
    }

    static async Task RunAsync(Type suite, MethodInfo test, Outcome outcome)
    {
        var guarantee = GuaranteeOf(test);
        var instance = (ConformanceSuite)Activator.CreateInstance(suite)!;
        await instance.InitializeAsync();
        try
        {
            if (test.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, null, null) is Task task)
                await task;
            outcome.Passed.Add(guarantee);
        }
        catch (Exception e) when (e.Message.StartsWith(DynamicSkipToken.Value, StringComparison.Ordinal))
        {
            outcome.Skipped.Add(guarantee);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            outcome.Failed[guarantee] = e.Message;
        }
        finally
        {
            await instance.DisposeAsync();
        }
    }

    static string GuaranteeOf(MethodInfo test) => test.GetCustomAttribute<GuaranteeAttribute>()!.Id;

    internal sealed record Outcome(List<string> Passed, List<string> Skipped, SortedDictionary<string, string> Failed);
}
