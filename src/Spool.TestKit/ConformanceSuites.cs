using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Xunit;

namespace Spool.TestKit;

/// <summary>Knows the suites of the kit, so that a store cannot leave one out unseen.</summary>
public static class ConformanceSuites
{
    /// <summary>Gets every suite, each of which is derived with a harness.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        typeof(FindConformanceTests<>),
        typeof(ListConformanceTests<>),
        typeof(ListPagingConformanceTests<>),
        typeof(ListFilterConformanceTests<>),
        typeof(PeopleFilterConformanceTests<>),
        typeof(FoldConformanceTests<>),
        typeof(HistoryConformanceTests<>),
        typeof(TurnConformanceTests<>),
        typeof(TurnViewConformanceTests<>),
        typeof(OddTurnConformanceTests<>),
        typeof(NestedTurnConformanceTests<>),
        typeof(RepeatedCallConformanceTests<>),
        typeof(ItemPagingConformanceTests<>),
        typeof(PageConformanceTests<>),
        typeof(DamagedThreadConformanceTests<>),
        typeof(EarlyLogConformanceTests<>),
        typeof(ForkConformanceTests<>),
        typeof(CancellationConformanceTests<>),
        typeof(LifetimeConformanceTests<>),
        typeof(OptionalServiceConformanceTests<>),
        typeof(ModelConformanceTests<>),
        typeof(WriterConformanceTests<>),
        typeof(AppendIdempotenceConformanceTests<>),
        typeof(WriterExclusionConformanceTests<>),
        typeof(ResumeConformanceTests<>),
        typeof(ProcessConformanceTests<>),
        typeof(RecordingConformanceTests<>),
        typeof(WriterBadInputConformanceTests<>),
        typeof(MetadataChangeConformanceTests<>),
        typeof(ArchiveConformanceTests<>),
        typeof(ForkChangeConformanceTests<>),
        typeof(RevertConformanceTests<>),
        typeof(DeleteConformanceTests<>),
        typeof(WriterConcurrencyConformanceTests<>),
        typeof(WriterCancellationConformanceTests<>),
        typeof(WriterLifetimeConformanceTests<>),
        typeof(WriteModelConformanceTests<>),
    ];

    /// <summary>Gives every suite against the stores of a harness.</summary>
    /// <param name="harness">The type of the harness.</param>
    [RequiresUnreferencedCode("Makes types.")]
    [RequiresDynamicCode("Makes types.")]
    public static IEnumerable<Type> For(Type harness) => All.Select(suite => suite.MakeGenericType(harness));

    /// <summary>Gives the suites that no class of a test project runs against the stores of a harness.</summary>
    /// <typeparam name="THarness">The harness.</typeparam>
    /// <param name="tests">The test project.</param>
    [RequiresUnreferencedCode("Looks at all types of the assembly.")]
    [RequiresDynamicCode("Makes types.")]
    public static IReadOnlyList<Type> MissingFrom<THarness>(Assembly tests)
        where THarness : ThreadStoreHarness, new()
    {
        ArgumentNullException.ThrowIfNull(tests);
        var concrete = tests.GetTypes().Where(type => type is { IsAbstract: false, IsPublic: true }).ToList();
        return concrete.Any(type => type.IsSubclassOf(typeof(StoreConformanceTests<THarness>)))
            ? []
            : [.. For(typeof(THarness)).Where(suite => !concrete.Any(suite.IsAssignableFrom))];
    }

    /// <summary>Fails when a suite of the kit is not run against the stores of a harness: for test projects that derive single
    /// suites.</summary>
    /// <typeparam name="THarness">The harness.</typeparam>
    /// <param name="tests">The test project.</param>
    [RequiresUnreferencedCode("Looks at all types of the assembly.")]
    [RequiresDynamicCode("Makes types.")]
    public static void AssertComplete<THarness>(Assembly tests)
        where THarness : ThreadStoreHarness, new()
    {
        var missing = MissingFrom<THarness>(tests);
        Assert.True(missing.Count == 0, $"No class derives from {string.Join(", ", missing.Select(suite => suite.Name.Split('`')[0]))}.");
    }
}
