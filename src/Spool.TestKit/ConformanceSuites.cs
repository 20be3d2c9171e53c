using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Xunit;

namespace Spool.TestKit;

/// <summary>Knows the suites of the kit, so that a store cannot leave one out unseen.</summary>
public static class ConformanceSuites
{
    /// <summary>Gets every abstract suite.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        typeof(FindConformanceTests),
        typeof(ListConformanceTests),
        typeof(ListPagingConformanceTests),
        typeof(ListFilterConformanceTests),
        typeof(HistoryConformanceTests),
        typeof(TurnConformanceTests),
        typeof(ItemPagingConformanceTests),
        typeof(PageConformanceTests),
        typeof(DamagedThreadConformanceTests),
        typeof(EarlyLogConformanceTests),
        typeof(ForkConformanceTests),
        typeof(CancellationConformanceTests),
        typeof(LifetimeConformanceTests),
        typeof(OptionalServiceConformanceTests),
        typeof(ModelConformanceTests),
        typeof(WriterConformanceTests),
        typeof(AppendIdempotenceConformanceTests),
        typeof(WriterExclusionConformanceTests),
        typeof(ResumeConformanceTests),
        typeof(RecordingConformanceTests),
        typeof(WriterBadInputConformanceTests),
        typeof(MetadataChangeConformanceTests),
        typeof(ArchiveConformanceTests),
        typeof(ForkChangeConformanceTests),
        typeof(RevertConformanceTests),
        typeof(DeleteConformanceTests),
        typeof(WriterConcurrencyConformanceTests),
        typeof(WriterCancellationConformanceTests),
        typeof(WriterLifetimeConformanceTests),
        typeof(WriteModelConformanceTests),
    ];

    /// <summary>Gives the suites that no concrete class of a test project derives from.</summary>
    /// <param name="tests">The test project.</param>
    [RequiresUnreferencedCode("Looks at all types of the assembly.")]
    public static IReadOnlyList<Type> MissingFrom(Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        var concrete = tests.GetTypes().Where(type => !type.IsAbstract).ToList();
        return [.. All.Where(suite => !concrete.Any(type => type.IsSubclassOf(suite)))];
    }

    /// <summary>Fails when a suite of the kit has no subclass in a test project.</summary>
    /// <param name="tests">The test project.</param>
    [RequiresUnreferencedCode("Looks at all types of the assembly.")]
    public static void AssertComplete(Assembly tests)
    {
        var missing = MissingFrom(tests);
        Assert.True(missing.Count == 0, $"No class derives from {string.Join(", ", missing.Select(suite => suite.Name))}.");
    }
}
