namespace Spool;

/// <summary>What tells one state of a file from another without reading it.</summary>
/// <param name="Size">Length in bytes.</param>
/// <param name="ModifiedNs">Time of the last change in nanoseconds since 1970.</param>
/// <param name="Inode">The file's number on its device; 0 where the system has none.</param>
readonly record struct FileStamp(long Size, long ModifiedNs, long Inode)
{
    /// <summary>The stamp that equals that of no file, for what has to be looked at again.</summary>
    public static FileStamp None { get; } = new(-1, -1, -1);
}
