namespace Spool;

/// <summary>Which threads a list holds, and in which order. Every filter is explicit: what is not set does not filter.</summary>
/// <remarks>By default a page holds 25 threads, newest first.</remarks>
public sealed record ThreadQuery : PageRequest
{
    /// <summary>The largest page.</summary>
    public const int MaxLimit = 1000;

    /// <summary>The most values that one filter has: <see cref="Sources"/>, <see cref="ModelProviders"/>, <see cref="Cwds"/>,
    /// <see cref="Branches"/> or <see cref="Repositories"/>. More are refused.</summary>
    public const int MaxFilterValues = 1000;

    /// <summary>Makes a query of active threads with a preview, newest created first.</summary>
    public ThreadQuery()
        : base(25, SortDirection.Descending) { }

    /// <inheritdoc/>
    public override int LargestLimit => MaxLimit;

    /// <summary>Gets the time that orders the list; the id breaks ties.</summary>
    /// <value>The default value is <see cref="ThreadSort.Created"/>.</value>
    public ThreadSort Sort { get; init; }

    /// <summary>Gets whether active or archived threads are listed.</summary>
    /// <value>The default value is <see cref="ArchiveFilter.Active"/>.</value>
    public ArchiveFilter Archive { get; init; }

    /// <summary>Gets whether threads without a preview and unreadable ones are listed too.</summary>
    /// <value>The default value is <see cref="ThreadVisibility.WithPreview"/>.</value>
    public ThreadVisibility Visibility { get; init; }

    /// <summary>Gets the kinds of <see cref="SessionSource.Kind"/> to list; <c>subAgent</c> stands for every kind of sub-agent. Empty:
    /// all.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Gets the ids of the model providers to list. Empty: all.</summary>
    public IReadOnlyList<string> ModelProviders { get; init; } = [];

    /// <summary>Gets the working folders to list, compared as <see cref="WorkingFolder"/> says. Empty: all.</summary>
    public IReadOnlyList<string> Cwds { get; init; } = [];

    /// <summary>Gets whether the folders in those of <see cref="Cwds"/> count too, however deep.</summary>
    /// <value>The default value is <see cref="FolderScope.Exact"/>.</value>
    public FolderScope CwdScope { get; init; }

    /// <summary>Gets the branches of git to list, each by its exact name. Empty: all, and threads without one.</summary>
    public IReadOnlyList<string> Branches { get; init; } = [];

    /// <summary>Gets the repositories to list, compared as <see cref="RepositoryName"/> says: the address of one, or the end of it, such as
    /// <c>openai/codex</c>. Empty: all, and threads without one.</summary>
    public IReadOnlyList<string> Repositories { get; init; } = [];

    /// <summary>Gets a text that the name or the preview must contain, compared as <see cref="FoldedText"/> says: in either case and with
    /// accents. Null for any.</summary>
    public string? SearchTerm { get; init; }

    /// <summary>Gets what the ids of the threads begin with, or null for any. It is the beginning of an id of 36 characters: hexadecimal
    /// digits in either case, with the dashes at their places or without any.</summary>
    public string? IdPrefix { get; init; }

    /// <summary>Gets the thread whose direct sub-agents are listed, or null.</summary>
    public ThreadId? Parent { get; init; }

    /// <summary>Gets whether threads of their own, sub-agents or both are listed. A sub-agent has a source that says so, or a
    /// parent.</summary>
    /// <value>The default value is <see cref="AgentFilter.Any"/>.</value>
    public AgentFilter Agents { get; init; }

    /// <summary>Gets the earliest time to list, to the millisecond and included, of that which orders the list (<see cref="Sort"/>), or
    /// null.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the time before which threads are listed, to the millisecond and itself not included, of that which orders the list
    /// (<see cref="Sort"/>), or null.</summary>
    public DateTimeOffset? Until { get; init; }
}
