using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;

namespace Spool;

/// <summary>Links to folders that a walk met and has yet to follow. A walk of a home follows them after everything else, in the order
/// of their depth and their paths, so that all walks reach a folder on the same path.</summary>
sealed class LinkedFolders
{
    static readonly Comparer<(int Depth, string Path)> ByDepth = Comparer<(int Depth, string Path)>.Create(
        (a, b) => a.Depth != b.Depth ? a.Depth.CompareTo(b.Depth) : string.CompareOrdinal(a.Path, b.Path)
    );

    readonly SortedSet<(int Depth, string Path)> _links = new(ByDepth);

    /// <summary>Says whether an entry of a folder is a link.</summary>
    public static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    /// <summary>Adds a link.</summary>
    /// <param name="path">Its path in the home.</param>
    /// <param name="depth">How deep it lies.</param>
    public void Add(string path, int depth) => _links.Add((depth, path));

    /// <summary>Takes the next link.</summary>
    public bool TryTake([NotNullWhen(true)] out string? path, out int depth)
    {
        (depth, path) = _links.Min;
        return _links.Remove(_links.Min);
    }
}
