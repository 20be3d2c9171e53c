namespace Spool;

/// <summary>What was found at a path.</summary>
/// <param name="Kind">Whether there is a file.</param>
/// <param name="Stamp">Its stamp, if there is one.</param>
readonly record struct FileFinding(FileFindingKind Kind, FileStamp? Stamp)
{
    /// <summary>There is none.</summary>
    public static FileFinding Gone { get; } = new(FileFindingKind.Gone, null);

    /// <summary>The system refuses to say.</summary>
    public static FileFinding Unknown { get; } = new(FileFindingKind.Unknown, null);

    /// <summary>There is one.</summary>
    public static FileFinding There(FileStamp stamp) => new(FileFindingKind.There, stamp);
}

/// <summary>Whether there is a file at a path.</summary>
enum FileFindingKind
{
    /// <summary>There is none, or something that is no file.</summary>
    Gone,

    /// <summary>There is one.</summary>
    There,

    /// <summary>It is not known: a folder that may not be read, a disk that fails.</summary>
    Unknown,
}
