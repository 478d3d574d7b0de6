import regular from 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf';
import bold from 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf';
import mono from 'dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf';

/** The fonts of what is printed: DejaVu, which has every European script. They are in the bundle. */
export const FONTS = { regular, bold, mono };
