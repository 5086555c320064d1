using System.Management.Automation;

namespace DagShell.Runspaces;

/// <summary>Where a session is: its location, that on each of its drives, and the locations that were pushed.</summary>
/// <remarks>Belongs to the session's thread.</remarks>
internal sealed class SessionLocation
{
    private readonly string _location;
    private readonly string _fileLocation;
    private readonly string[] _pushed;
    private readonly (PSDriveInfo Drive, string Location)[] _drives;

    private SessionLocation(SessionState session)
    {
        PathInfo location = session.Path.CurrentLocation;
        _location = location.Path;
        _fileLocation = location.Provider.Name == "FileSystem" ? _location : session.Path.CurrentFileSystemLocation.Path;
        _pushed = Pushed(session.Path);
        _drives = [.. session.Drive.GetAll().Select(drive => (drive, drive.CurrentLocation))];
    }

    /// <summary>Notes where a session is.</summary>
    public static SessionLocation Of(SessionState session) => new(session);

    /// <summary>
    /// Whether a session is there now. Drives that came since are not looked at: to ask for all of them takes longer than most scripts.
    /// </summary>
    public bool IsOf(SessionState session)
    {
        PathIntrinsics path = session.Path;
        return path.CurrentLocation.Path == _location
            && (_location == _fileLocation || path.CurrentFileSystemLocation.Path == _fileLocation)
            && Pushed(path).SequenceEqual(_pushed)
            && Array.TrueForAll(_drives, static noted => noted.Drive.CurrentLocation == noted.Location);
    }

    /// <summary>Has the session be there again.</summary>
    /// <param name="session">The session.</param>
    /// <param name="mayHavePushed">Whether the stack may be another: to look costs more than all else.</param>
    /// <returns>Whether it could be: its folder, or drive, may be gone.</returns>
    public bool TryRestore(SessionState session, bool mayHavePushed)
    {
        PathIntrinsics path = session.Path;
        bool isSame = true;
        if (mayHavePushed && !Pushed(path).SequenceEqual(_pushed))
        {
            isSame = RestorePushed(path);
        }

        // On a drive that is none of files, the folder that programs are started in is another location.
        if (_location != _fileLocation && path.CurrentFileSystemLocation.Path != _fileLocation)
        {
            isSame &= TrySet(path, _fileLocation);
        }

        if (path.CurrentLocation.Path != _location)
        {
            isSame &= TrySet(path, _location);
        }

        foreach (var (drive, location) in _drives)
        {
            if (drive.CurrentLocation != location)
            {
                drive.CurrentLocation = location;
            }
        }

        return isSame;
    }

    private bool RestorePushed(PathIntrinsics path)
    {
        bool isSame = true;
        for (int left = Pushed(path).Length; left > 0; left--)
        {
            try
            {
                path.PopLocation(stackName: null);
            }
            catch (RuntimeException exception) when (exception is not PipelineStoppedException)
            {
                // It is popped, and was not to be gone to.
            }
        }

        foreach (string location in Enumerable.Reverse(_pushed))
        {
            if (TrySet(path, location))
            {
                path.PushCurrentLocation(stackName: null);
            }
            else
            {
                isSame = false;
            }
        }

        return isSame;
    }

    private static string[] Pushed(PathIntrinsics path) => [.. path.LocationStack(stackName: null).Select(pushed => pushed.Path)];

    private static bool TrySet(PathIntrinsics path, string location)
    {
        try
        {
            path.SetLocation(WildcardPattern.Escape(location));
            return true;
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            return false;
        }
    }
}
