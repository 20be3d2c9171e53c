namespace Spool;

/// <summary>What tells a folder or a file from every other one, however it was reached: a loop of links leads to a folder that was there
/// before.</summary>
/// <param name="Device">The disk.</param>
/// <param name="Inode">Its number on the disk.</param>
/// <param name="Path">Its path, where the system has no numbers.</param>
readonly record struct FolderIdentity(ulong Device, long Inode, string? Path);

/// <summary>What was found of a folder.</summary>
/// <param name="Identity">Which folder it is.</param>
/// <param name="Stamp">Changes whenever something is added to it, removed from it or renamed in it. Without an inode where the system has
/// only the time of the last change.</param>
readonly record struct FolderFinding(FolderIdentity Identity, FileStamp Stamp);
