namespace Spool;

/// <summary>Counts the other names (hard links) of files of which a name was removed: what is in them stays readable there.</summary>
/// <remarks>Names in the home are removed as copies, one by one, and each removal sees how many are left then. So what is left at the end
/// is elsewhere, or in a place that was not looked through. Systems other than Linux do not say it.</remarks>
sealed class OtherNames
{
    readonly Dictionary<FolderIdentity, (string Place, uint Left)> _files = [];

    /// <summary>Says what is left under other names.</summary>
    public IEnumerable<LeftBehind> Left =>
        _files
            .Where(file => file.Value.Left > 0)
            .Select(file => new LeftBehind(
                $"What was in {file.Value.Place}, under {(file.Value.Left == 1 ? "another name" : $"{file.Value.Left} other names")} (hard links)",
                $"they are outside of the home, or where it is not looked through; 'find FOLDER -inum {file.Key.Inode}' finds them"
            ));

    /// <summary>Adds a name that was removed.</summary>
    /// <param name="place">The name, as a path in the home.</param>
    /// <param name="names">Which file it was and how many names it had just before, if that is known.</param>
    public void Removed(string place, (FolderIdentity File, uint Names)? names)
    {
        if (names is var (file, count))
            _files[file] = (_files.TryGetValue(file, out var before) ? before.Place : place, count - 1);
    }
}
