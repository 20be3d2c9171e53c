namespace Spool.TestKit;

/// <summary>Everything that a store promises: derive it once, and all suites run against the stores of a harness, those too that a later
/// version of the kit adds.</summary>
/// <typeparam name="THarness">The harness. Each test makes one, with nothing stored.</typeparam>
/// <example>
/// <code>
/// public sealed class MyStoreConforms : StoreConformanceTests&lt;MyHarness&gt;;
/// </code>
/// </example>
/// <remarks>Its tests are those of the suites in <see cref="ConformanceSuites.All"/>; each suite runs beside the others.</remarks>
public abstract class StoreConformanceTests<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>Stands for the tests of all suites.</summary>
    [EverySuite]
    public void Every_guarantee_is_kept() { }
}
