namespace Spool;

/// <summary>What tells one state of a file from another without reading it.</summary>
/// <param name="Size">Length in bytes.</param>
/// <param name="ModifiedNs">Time of the last change in nanoseconds since 1970. A program may set it to whatever it likes.</param>
/// <param name="Inode">The file's number on its device; 0 where the system has none.</param>
/// <param name="ChangedNs">When the system last noted any change of the file, its name or its rights, in nanoseconds since 1970; no program
/// can set it. 0 where the system has none.</param>
readonly record struct FileStamp(long Size, long ModifiedNs, long Inode, long ChangedNs)
{
    /// <summary>The stamp that equals that of no file, for what has to be looked at again.</summary>
    public static FileStamp None { get; } = new(-1, -1, -1, -1);

    /// <summary>Gets whether this is <see cref="None"/>, or stands for what is no file.</summary>
    public bool IsNone => Size < 0;

    /// <summary>The stamp of what is in the place of a file and none: it changes when something else takes its place.</summary>
    public static FileStamp OfNoFile(PlaceKind kind) => None with { ChangedNs = None.ChangedNs - 1 - (long)kind };

    /// <summary>Gets whether the system says that no file is there, but something else. A file that cannot be opened has
    /// <see cref="None"/>.</summary>
    public bool IsOfNoFile =>
        this == OfNoFile(PlaceKind.Folder) || this == OfNoFile(PlaceKind.Special) || this == OfNoFile(PlaceKind.DanglingLink);

    /// <summary>Says whether this may be the same file under another name: a rename changes nothing but <see cref="ChangedNs"/>.</summary>
    public bool IsRenamed(FileStamp other) => Inode > 0 && Inode == other.Inode && Size == other.Size && ModifiedNs == other.ModifiedNs;
}
