namespace Spool;

/// <summary>The time that orders a list.</summary>
public enum ThreadSort
{
    /// <summary>When the thread was created.</summary>
    Created,

    /// <summary>When the thread last changed.</summary>
    Updated,

    /// <summary>When the last turn began.</summary>
    Recency,
}

/// <summary>The direction of a list or page.</summary>
public enum SortDirection
{
    /// <summary>Newest or last first.</summary>
    Descending,

    /// <summary>Oldest or first first.</summary>
    Ascending,
}

/// <summary>Which side of the archive a list shows.</summary>
public enum ArchiveFilter
{
    /// <summary>Active threads only.</summary>
    Active,

    /// <summary>Archived threads only.</summary>
    Archived,

    /// <summary>Both.</summary>
    Any,
}

/// <summary>Which threads a list shows that a person did not start talking in.</summary>
public enum ThreadVisibility
{
    /// <summary>Threads that have a preview.</summary>
    WithPreview,

    /// <summary>Every thread, also those without a preview, unreadable ones, duplicates and superseded ones.</summary>
    All,
}

/// <summary>Which threads a list shows: those that were begun for themselves, or those that other threads began.</summary>
public enum AgentFilter
{
    /// <summary>Both.</summary>
    Any,

    /// <summary>Threads that no other thread began: by a person, or by a program for itself.</summary>
    Roots,

    /// <summary>Sub-agents: their source says so, or they have a parent.</summary>
    SubAgents,
}

/// <summary>How far a filter for folders goes.</summary>
public enum FolderScope
{
    /// <summary>The folders themselves.</summary>
    Exact,

    /// <summary>The folders, and every folder in them.</summary>
    Below,
}
