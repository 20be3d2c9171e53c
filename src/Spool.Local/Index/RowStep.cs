namespace Spool;

/// <summary>What has to become of what the index says of one path.</summary>
enum RowStep
{
    /// <summary>Nothing: it says what the disk says.</summary>
    Leave,

    /// <summary>There is no such file any more.</summary>
    Forget,

    /// <summary>The scan that was made beforehand is stored.</summary>
    Take,

    /// <summary>The file is read now. Another process changed row or file since the scan was begun, or there was no scan.</summary>
    Read,
}

/// <summary>Decides what has to become of a row. The whole of it: what else happens on the disk or in the index meanwhile makes no
/// difference.</summary>
static class RowSteps
{
    /// <summary>Decides.</summary>
    /// <param name="row">What the index says now, or null.</param>
    /// <param name="file">What the disk says now, or null when the file is gone.</param>
    /// <param name="scan">A scan that was made beforehand, or null.</param>
    public static RowStep Of(FileStamp? row, FileStamp? file, RolloutScan? scan) =>
        (row, file) switch
        {
            (null, null) => RowStep.Leave,
            (_, null) => RowStep.Forget,
            _ when row == file => RowStep.Leave,
            // A scan over the same file that has grown since is true up to where it went: the stamps tell the next look that there is more.
            _ when scan is not null && scan.From?.Stamp == row && scan.Inode == file.Value.Inode => RowStep.Take,
            _ => RowStep.Read,
        };
}
